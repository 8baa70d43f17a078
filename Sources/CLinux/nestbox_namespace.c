/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#define _GNU_SOURCE
#include "nestbox_namespace.h"

#include <errno.h>
#include <linux/nsfs.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>

uint64_t nestbox_namespace_kind(int file)
{
    int kind = ioctl(file, NS_GET_NSTYPE);
    return kind < 0 ? 0 : (uint64_t)kind;
}

struct visit {
    int file;
    uint64_t kind;
    void (*body)(void *);
    void *context;
    int result;
};

static void *make_visit(void *argument)
{
    struct visit *visit = argument;
    /* A mount namespace is entered with a root and a working directory, which threads share until they say otherwise. */
    int failed = visit->kind == CLONE_NEWNS && unshare(CLONE_FS) < 0;
    if (failed || setns(visit->file, (int)visit->kind) < 0)
        visit->result = -errno;
    else
        visit->body(visit->context);
    return NULL;
}

int nestbox_run_in_namespace(int file, uint64_t kind, void (*body)(void *), void *context)
{
    struct visit visit = {file, kind, body, context, 0};
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, NULL, make_visit, &visit);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) return -error;
    pthread_join(thread, NULL);
    return visit.result;
}
