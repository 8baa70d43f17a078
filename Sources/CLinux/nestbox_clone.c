/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#define _GNU_SOURCE
#include "nestbox_clone.h"
#include "nestbox_map.h"
#include "nestbox_syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

/* The child runs with the parent's thread-local storage: no instrumentation may touch it. */
#if defined(__clang__)
#define CHILD_CODE __attribute__((no_sanitize("address", "thread", "undefined"), disable_sanitizer_instrumentation, no_stack_protector))
#else
#define CHILD_CODE __attribute__((no_sanitize("address", "thread", "undefined")))
#endif

/* What parent and child share while the child has not yet executed the stage. */
struct shared_launch {
    struct nestbox_clone_request *request;
    const char *const *arguments;
    uint32_t tid;    /* the child's, until the kernel clears it when the child lets go of our memory */
    uint32_t mapped; /* 0: not yet, 1: the user namespace has its maps, 2: give up */
};

CHILD_CODE static void fail(struct nestbox_clone_request *request, enum nestbox_clone_step step, long error)
{
    request->failed_step = step;
    request->failed_errno = (int)-error;
    for (;;) nestbox_syscall1(SYS_exit_group, 127);
}

/* Executing a program with an unmapped user would cost the child its capabilities, so it waits for the maps here. */
CHILD_CODE static void become_root_of_namespace(struct shared_launch *shared)
{
    while (__atomic_load_n(&shared->mapped, __ATOMIC_ACQUIRE) == 0)
        nestbox_syscall4(SYS_futex, &shared->mapped, FUTEX_WAIT, 0, 0);
    if (__atomic_load_n(&shared->mapped, __ATOMIC_ACQUIRE) == 2)
        for (;;) nestbox_syscall1(SYS_exit_group, 127);
    long r = nestbox_syscall3(SYS_setresgid, 0, 0, 0);
    if (r >= 0) r = nestbox_syscall3(SYS_setresuid, 0, 0, 0);
    if (r < 0) fail(shared->request, NESTBOX_CLONE_BECOME_ROOT, r);
}

CHILD_CODE static void run_child(void *argument)
{
    struct shared_launch *shared = argument;
    struct nestbox_clone_request *request = shared->request;
    const char *no_environment[] = {0};
    long r = 0;

    /* What the stage makes has the same modes whatever the host application's mask; the program's own comes later. */
    nestbox_syscall1(SYS_umask, 022);
    if (request->user_map) become_root_of_namespace(shared);
    for (int i = 0; i < 3 && r >= 0; i++)
        r = request->streams[i] == i ? nestbox_syscall3(SYS_fcntl, i, F_SETFD, 0)
                                     : nestbox_syscall3(SYS_dup3, request->streams[i], i, 0);
    /* A server may hold descriptors that are not close-on-exec; none of them may reach the stage. */
    if (r >= 0) r = nestbox_syscall3(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC);
    if (r >= 0) r = nestbox_syscall3(SYS_fcntl, request->plan, F_SETFD, 0);
    for (size_t i = 0; i < request->descriptor_count && r >= 0; i++)
        r = nestbox_syscall3(SYS_fcntl, request->descriptors[i], F_SETFD, 0);
    if (r < 0) fail(request, NESTBOX_CLONE_DESCRIPTORS, r);
    r = nestbox_syscall5(SYS_execveat, request->stage, "", shared->arguments, no_environment, AT_EMPTY_PATH);
    fail(request, NESTBOX_CLONE_EXECUTE_STAGE, r);
}

/* clone3 with a new stack: the child must not return through this frame, which is the parent's. */
CHILD_CODE static long clone3_onto(struct clone_args *arguments, void (*child)(void *), void *argument)
{
#if defined(__x86_64__)
    long r;
    register void (*r12)(void *) __asm__("r12") = child;
    register void *r13 __asm__("r13") = argument;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "mov %%r13, %%rdi\n\t"
                     "call *%%r12\n\t"
                     "ud2\n"
                     "1:"
                     : "=a"(r)
                     : "a"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), "r"(r12), "r"(r13)
                     : "rcx", "r11", "memory");
    return r;
#else
    register long x8 __asm__("x8") = SYS_clone3;
    register long x0 __asm__("x0") = (long)arguments;
    register long x1 __asm__("x1") = sizeof *arguments;
    register void (*x19)(void *) __asm__("x19") = child;
    register void *x20 __asm__("x20") = argument;
    __asm__ volatile("svc 0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, #0\n\t"
                     "mov x0, x20\n\t"
                     "blr x19\n\t"
                     "brk #1\n"
                     "1:"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x19), "r"(x20)
                     : "memory", "x30");
    return x0;
#endif
}

static int write_maps(struct nestbox_clone_request *request)
{
    int error = request->user_mapper ? nestbox_write_map_by(request->user_mapper, request->pid, request->user_map)
                                     : nestbox_write_map(request->pid, "uid_map", request->user_map);
    request->failed_step = NESTBOX_CLONE_USER_MAP;
    if (error) return error;
    request->failed_step = NESTBOX_CLONE_GROUP_MAP;
    error = request->denies_groups ? nestbox_write_map(request->pid, "setgroups", "deny") : 0;
    if (error) return error;
    error = request->group_mapper ? nestbox_write_map_by(request->group_mapper, request->pid, request->group_map)
                                  : nestbox_write_map(request->pid, "gid_map", request->group_map);
    if (error == 0) request->failed_step = NESTBOX_CLONE_DONE;
    return error;
}

/* With a user namespace the parent must run while the child waits, so the kernel's word that the child has let go of
 * our memory replaces CLONE_VFORK. */
static void map_and_wait(struct shared_launch *shared)
{
    struct nestbox_clone_request *request = shared->request;
    /* The child becomes another user while it shares our memory, for which the kernel would make us undumpable. */
    int dumpable = prctl(PR_GET_DUMPABLE);
    int error = write_maps(request);
    if (error) request->failed_errno = error;
    __atomic_store_n(&shared->mapped, error ? 2 : 1, __ATOMIC_RELEASE);
    nestbox_syscall3(SYS_futex, &shared->mapped, FUTEX_WAKE, 1);
    for (;;) {
        uint32_t tid = __atomic_load_n(&shared->tid, __ATOMIC_ACQUIRE);
        if (tid == 0) break;
        nestbox_syscall4(SYS_futex, &shared->tid, FUTEX_WAIT, tid, 0);
    }
    if (dumpable == 1) prctl(PR_SET_DUMPABLE, 1);
}

int nestbox_clone_stage(struct nestbox_clone_request *request, void *stack, size_t stack_size)
{
    char plan[16], size[24];
    const char *arguments[] = {"nestbox-stage", plan, size, 0};
    struct shared_launch shared = {request, arguments, 0, 0};
    struct clone_args clone = {
        .flags = request->namespaces | CLONE_VM | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | CLONE_PARENT_SETTID,
        .pidfd = (uint64_t)(uintptr_t)&request->pidfd,
        .parent_tid = (uint64_t)(uintptr_t)&request->pid,
        .exit_signal = SIGCHLD,
        .stack = (uint64_t)(uintptr_t)stack,
        .stack_size = stack_size,
    };
    snprintf(plan, sizeof plan, "%d", request->plan);
    snprintf(size, sizeof size, "%zu", request->plan_size);
    if (request->cgroup >= 0) {
        clone.flags |= CLONE_INTO_CGROUP;
        clone.cgroup = (uint64_t)request->cgroup;
    }
    if (request->user_map) {
        shared.tid = 1; /* replaced before the child can run, cleared when it lets go */
        clone.flags |= CLONE_CHILD_CLEARTID;
        clone.child_tid = (uint64_t)(uintptr_t)&shared.tid;
    } else {
        clone.flags |= CLONE_VFORK;
    }

    request->failed_step = NESTBOX_CLONE_DONE;
    request->failed_errno = 0;
    request->pidfd = -1;
    long pid = clone3_onto(&clone, run_child, &shared);
    if (pid < 0) {
        request->failed_step = NESTBOX_CLONE_CLONE;
        request->failed_errno = (int)-pid;
        return -1;
    }
    if (request->user_map) map_and_wait(&shared);
    if (request->failed_step == NESTBOX_CLONE_DONE) return 0;
    siginfo_t ended;
    while (waitid(P_PIDFD, (id_t)request->pidfd, &ended, WEXITED | __WALL) < 0 && errno == EINTR) {}
    close(request->pidfd);
    request->pidfd = -1;
    return -1;
}

/* Keeps a new user namespace until its descriptor has been opened. */
CHILD_CODE static void hold_namespace(void *argument)
{
    uint32_t *released = argument;
    while (__atomic_load_n(released, __ATOMIC_ACQUIRE) == 0)
        nestbox_syscall4(SYS_futex, released, FUTEX_WAIT, 0, 0);
    for (;;) nestbox_syscall1(SYS_exit_group, 0);
}

int nestbox_user_namespace(const char *user_map, const char *group_map, void *stack, size_t stack_size)
{
    char path[64];
    uint32_t released = 0;
    pid_t pid = 0;
    int pidfd = -1;
    struct clone_args clone = {
        .flags = CLONE_NEWUSER | CLONE_VM | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | CLONE_PARENT_SETTID,
        .pidfd = (uint64_t)(uintptr_t)&pidfd,
        .parent_tid = (uint64_t)(uintptr_t)&pid,
        .exit_signal = SIGCHLD,
        .stack = (uint64_t)(uintptr_t)stack,
        .stack_size = stack_size,
    };
    long cloned = clone3_onto(&clone, hold_namespace, &released);
    if (cloned < 0) return (int)cloned;
    int result = -nestbox_write_map(pid, "uid_map", user_map);
    if (result == 0) result = -nestbox_write_map(pid, "gid_map", group_map);
    if (result == 0) {
        snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
        result = open(path, O_RDONLY | O_CLOEXEC);
        if (result < 0) result = -errno;
    }
    __atomic_store_n(&released, 1, __ATOMIC_RELEASE);
    nestbox_syscall3(SYS_futex, &released, FUTEX_WAKE, 1);
    siginfo_t ended;
    while (waitid(P_PIDFD, (id_t)pidfd, &ended, WEXITED | __WALL) < 0 && errno == EINTR) {}
    close(pidfd);
    return result;
}
