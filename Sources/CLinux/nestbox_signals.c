/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#define _GNU_SOURCE
#include "nestbox_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int destination = -1;

static void pass(int number)
{
    int before = errno;
    unsigned char byte = (unsigned char)number;
    /* A full pipe holds thousands that nobody has read yet: one more or less is no matter. */
    ssize_t written = write(atomic_load(&destination), &byte, 1);
    (void)written;
    errno = before;
}

int nestbox_pass_signals(const int *numbers, size_t count)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    atomic_store(&destination, ends[1]);
    struct sigaction action = {.sa_handler = pass, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (size_t index = 0; index < count; index++)
        if (sigaction(numbers[index], &action, NULL) < 0) return -errno;
    return ends[0];
}

void nestbox_wait_for_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (;;) sigsuspend(&none);
}
