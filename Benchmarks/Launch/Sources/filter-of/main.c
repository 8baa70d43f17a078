// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// Writes the seccomp filter that a running process was given to standard output, as the kernel kept it. So the floor
// loads the very program that a container was started with, whoever compiled it.

#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "filter-of: %s: %s\n", what, strerror(errno));
    exit(1);
}

int main(int argc, char **argv)
{
    static struct sock_filter instructions[BPF_MAXINSNS];
    if (argc != 2) {
        fprintf(stderr, "usage: filter-of PID > FILE\n");
        return 2;
    }
    pid_t pid = atoi(argv[1]);
    if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0) fail("cannot trace the process");
    if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0) fail("cannot stop the process");
    if (waitpid(pid, NULL, __WALL) < 0) fail("cannot wait for the process");
    long count = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, NULL, instructions);
    int error = errno;
    ptrace(PTRACE_DETACH, pid, NULL, NULL);
    errno = error;
    if (count < 0) fail("cannot read the filter");
    return fwrite(instructions, sizeof(*instructions), (size_t)count, stdout) == (size_t)count ? 0 : 1;
}
