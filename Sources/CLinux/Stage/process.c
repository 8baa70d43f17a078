/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* The process itself: its parent, its directory, its descriptors, its start. */
#include "stage.h"

/* The signal is asked for first and the pipe looked at after, so a parent that died in between is noticed too. */
long parent_death_signal(struct stage *s, const struct nestbox_operation *op)
{
    long r = nestbox_syscall2(NR_prctl, PR_SET_PDEATHSIG, op->number);
    if (r < 0) return r;
    struct pollfd host = {slot(s, s->header->status_slot), 0, 0};
    int64_t now[2] = {0, 0};
    r = nestbox_syscall5(NR_ppoll, &host, 1, now, 0, 8);
    if (r > 0 && host.revents & POLLERR) nestbox_syscall1(NR_exit_group, 128 + SIGKILL);
    return r < 0 ? r : 0;
}

/* A directory outside the root shows as a path that does not begin with a slash (CVE-2024-21626). */
long working_directory(struct stage *s, const struct nestbox_operation *op)
{
    char path[4096];
    long r = nestbox_syscall1(NR_chdir, string_at(s, op->path));
    if (r >= 0) r = nestbox_syscall2(NR_getcwd, path, sizeof path);
    if (r < 0) return r;
    return path[0] == '/' ? 0 : -EXDEV;
}

/* Tells the host that everything is ready and waits for its word. */
long gate(struct stage *s, const struct nestbox_operation *op)
{
    uint64_t word = 0;
    long r;
    s->header->state = NESTBOX_STAGE_WAITING;
    r = nestbox_syscall3(NR_write, slot(s, s->header->status_slot), "", 1);
    if (r < 0) return r;
    do r = nestbox_syscall3(NR_read, slot(s, op->source), &word, sizeof word);
    while (r == -EINTR);
    return r < 0 ? r : 0;
}

/*
 * Puts the asked descriptors at 3, 4, … and marks the rest to be closed by the exec. All are first moved out of the
 * way, the pipe to the host with them, so that none is overwritten before its turn.
 */
long descriptors(struct stage *s, const struct nestbox_operation *op)
{
    const int32_t *wanted = (const int32_t *)(s->base + op->data);
    int count = (int)(op->length / sizeof(int32_t));
    int32_t *status = &s->slots[s->header->status_slot];
    if (count > 0) {
        long r = nestbox_syscall3(NR_fcntl, *status, F_DUPFD, 3 + count);
        if (r < 0) return r;
        *status = (int32_t)r;
        for (int i = 0; i < count; i++) {
            r = nestbox_syscall3(NR_fcntl, s->slots[wanted[i]], F_DUPFD, 3 + count);
            if (r < 0) return r;
            s->slots[wanted[i]] = (int32_t)r;
        }
        for (int i = 0; i < count; i++) {
            r = nestbox_syscall3(NR_dup3, s->slots[wanted[i]], 3 + i, 0);
            if (r < 0) return r;
        }
    }
    return nestbox_syscall3(NR_close_range, 3 + count, ~0u, CLOSE_RANGE_CLOEXEC);
}

/*
 * A clone resets the host application's handlers, but what it ignores (SIGPIPE, in most servers) stays ignored over any
 * number of executions unless it is taken back here.
 */
long signals(const struct nestbox_operation *op)
{
    struct kernel_sigaction standard = {0, 0, 0, 0};
    uint64_t none = 0;
    for (long signal = 1; signal <= 64; signal++) {
        if (!(op->value >> (signal - 1) & 1)) continue;
        long r = nestbox_syscall4(NR_rt_sigaction, signal, &standard, 0, sizeof none);
        if (r < 0) return r;
    }
    return nestbox_syscall4(NR_rt_sigprocmask, SIG_SETMASK, &none, 0, sizeof none);
}

/* Process 1 for a program that is no init: reaps what is orphaned, passes signals on, ends as its child ends. */
static __attribute__((noreturn)) void reap_and_forward(long child)
{
    uint64_t all = ~0ull;
    for (;;) {
        char info[128];
        long signal = nestbox_syscall4(NR_rt_sigtimedwait, &all, info, 0, sizeof all);
        if (signal > 0 && signal != SIGCHLD) nestbox_syscall2(NR_kill, child, signal);
        if (signal != SIGCHLD) continue;
        for (;;) {
            int status = 0;
            long pid = nestbox_syscall4(NR_wait4, -1, &status, WNOHANG, 0);
            if (pid <= 0) break;
            if (pid == child)
                nestbox_syscall1(NR_exit_group, status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
        }
    }
}

/*
 * The child goes on with the plan; this process stays. First it lets go of the plan and of every descriptor, which also
 * closes its end of a pipe that the child waits on: the program never runs beside a process 1 that holds anything.
 */
long init(struct stage *s)
{
    uint64_t all = ~0ull, none = 0;
    int released[2];
    char word;
    long r = nestbox_syscall2(NR_pipe2, released, O_CLOEXEC);
    if (r < 0) return r;
    nestbox_syscall2(NR_prctl, PR_SET_NAME, "nestbox-init");
    nestbox_syscall4(NR_rt_sigprocmask, SIG_SETMASK, &all, 0, sizeof all);
    long child = nestbox_syscall5(NR_clone, SIGCHLD, 0, 0, 0, 0);
    if (child < 0) return child;
    if (child > 0) {
        nestbox_syscall2(NR_munmap, s->base, s->header->size);
        nestbox_syscall3(NR_close_range, 0, ~0u, 0);
        reap_and_forward(child);
    }
    nestbox_syscall1(NR_close, released[1]);
    do r = nestbox_syscall3(NR_read, released[0], &word, 1);
    while (r == -EINTR);
    return nestbox_syscall4(NR_rt_sigprocmask, SIG_SETMASK, &none, 0, sizeof none);
}

/*
 * A process enters a pid namespace by being born in it. The newborn is made a child of the host application, which waits
 * for it, and gets this process's place in the plan; its number is told in the plan's memory.
 */
long sibling(struct stage *s)
{
    /* The kernel notes the number before either goes on: whenever this process is killed, no child is lost. */
    long child = nestbox_syscall5(NR_clone, CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD, 0, &s->header->sibling, 0, 0);
    if (child <= 0) return child;
    nestbox_syscall1(NR_exit_group, 0);
    __builtin_unreachable();
}

void relocate(struct stage *s, uint64_t *vector)
{
    for (; *vector; vector++) *vector += (uint64_t)(uintptr_t)s->base;
}

/* Whether EXECUTE has something to execute, before the one who starts the container has to hear of it. */
long find(struct stage *s, const struct nestbox_operation *op)
{
    const uint64_t *candidate = (const uint64_t *)(s->base + op->data);
    long failure = -ENOENT;
    for (; *candidate; candidate++) {
        long r = nestbox_syscall3(NR_faccessat, AT_FDCWD, s->base + *candidate, X_OK);
        if (r >= 0) return 0;
        if (r == -EACCES) failure = r;
        else if (r != -ENOENT && r != -ENOTDIR) return r;
    }
    return failure;
}

/* As a shell does: the first candidate that runs; a file that may not be executed is better news than none at all. */
long execute(struct stage *s, const struct nestbox_operation *op)
{
    uint64_t *candidate = (uint64_t *)(s->base + op->data);
    uint64_t *arguments = (uint64_t *)(s->base + op->value);
    uint64_t *environment = (uint64_t *)(s->base + op->value2);
    long failure = -ENOENT;
    relocate(s, candidate);
    relocate(s, arguments);
    relocate(s, environment);
    s->header->state = NESTBOX_STAGE_EXECUTING;
    for (; *candidate; candidate++) {
        long r = nestbox_syscall3(NR_execve, *candidate, arguments, environment);
        if (r == -EACCES) failure = r;
        else if (r != -ENOENT && r != -ENOTDIR) return r;
    }
    return failure;
}
