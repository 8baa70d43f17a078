/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* A program that is run on the way to the container's own, with the container's state as its input. */
#include "stage.h"

static __attribute__((noreturn)) void run_hook(struct stage *s, const struct nestbox_operation *op, int32_t *failure)
{
    uint64_t none = 0;
    nestbox_syscall3(NR_lseek, slot(s, op->source), 0, 0);
    long r = nestbox_syscall3(NR_dup3, slot(s, op->source), 0, 0);
    if (r >= 0) r = nestbox_syscall3(NR_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC);
    nestbox_syscall4(NR_rt_sigprocmask, SIG_SETMASK, &none, 0, sizeof none);
    if (r >= 0) r = nestbox_syscall3(NR_execve, string_at(s, op->text), s->base + op->value, s->base + op->value2);
    *failure = (int32_t)r;
    nestbox_syscall1(NR_exit_group, 127);
    __builtin_unreachable();
}

/* Ends with the hook: 0, or what went wrong. A hook that takes too long is killed. */
long hook(struct stage *s, const struct nestbox_operation *op)
{
    int32_t *failure = &s->header->failed_errno;
    int status = 0;
    relocate(s, (uint64_t *)(s->base + op->value));
    relocate(s, (uint64_t *)(s->base + op->value2));
    long child = nestbox_syscall5(NR_clone, SIGCHLD, 0, 0, 0, 0);
    if (child < 0) return child;
    if (child == 0) run_hook(s, op, failure);
    if (op->number > 0) {
        long handle = nestbox_syscall2(NR_pidfd_open, child, 0);
        if (handle < 0) return handle;
        struct pollfd end = {(int32_t)handle, POLLIN, 0};
        int64_t limit[2] = {op->number, 0};
        long r = nestbox_syscall5(NR_ppoll, &end, 1, limit, 0, 8);
        nestbox_syscall1(NR_close, handle);
        if (r == 0) {
            nestbox_syscall2(NR_kill, child, SIGKILL);
            nestbox_syscall4(NR_wait4, child, &status, 0, 0);
            return -ETIMEDOUT;
        }
    }
    long r;
    do r = nestbox_syscall4(NR_wait4, child, &status, 0, 0);
    while (r == -EINTR);
    if (r < 0) return r;
    if (*failure < 0) return *failure;
    return status == 0 ? 0 : -ECANCELED;
}
