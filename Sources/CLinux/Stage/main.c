/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/*
 * The stage: executes a launch plan between the clone and the container's own program.
 *
 * It is a program of its own, so that what runs in the container's namespaces shares no memory and no descriptor with
 * the host application. No libc, no heap, no data segment. Its arguments are the plan's descriptor and size.
 */
#include "stage.h"

static unsigned long number_at(const char *text)
{
    unsigned long value = 0;
    while (*text >= '0' && *text <= '9') value = value * 10 + (unsigned long)(*text++ - '0');
    return value;
}

static long perform(struct stage *s, const struct nestbox_operation *op)
{
    switch (op->kind) {
    case NESTBOX_PARENT_DEATH_SIGNAL: return parent_death_signal(s, op);
    case NESTBOX_NEW_SESSION: return nestbox_syscall0(NR_setsid);
    case NESTBOX_JOIN_CGROUP: return nestbox_syscall3(NR_write, slot(s, op->source), "0", 1);
    case NESTBOX_SET_NAMESPACE: return nestbox_syscall2(NR_setns, slot(s, op->source), op->value);
    case NESTBOX_UNSHARE: return nestbox_syscall1(NR_unshare, op->value);
    case NESTBOX_PROPAGATION: {
        struct mount_attr attributes = {0, 0, op->value, 0};
        return nestbox_syscall5(NR_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attributes, sizeof attributes);
    }
    case NESTBOX_NEW_FILESYSTEM: return new_filesystem(s, op);
    case NESTBOX_CLONE_TREE: return clone_tree(s, op);
    case NESTBOX_MOUNT_ATTRIBUTES: return mount_attributes(s, op);
    case NESTBOX_OPEN_TARGET: return open_target(s, op);
    case NESTBOX_ATTACH: return attach(s, op);
    case NESTBOX_CHANGE_ROOT: return change_root(s, op);
    case NESTBOX_MAKE_DIRECTORY:
        return nestbox_syscall3(NR_mkdirat, slot(s, op->target), string_at(s, op->path), op->number);
    case NESTBOX_MAKE_FILE:
        return nestbox_syscall4(NR_mknodat, slot(s, op->target), string_at(s, op->path), S_IFREG | op->number, 0);
    case NESTBOX_MAKE_LINK:
        return nestbox_syscall3(NR_symlinkat, string_at(s, op->text), slot(s, op->target), string_at(s, op->path));
    case NESTBOX_MASK: return mask(s, op);
    case NESTBOX_READ_ONLY: return read_only(s, op);
    case NESTBOX_HOST_NAME: return nestbox_syscall2(NR_sethostname, string_at(s, op->text), op->length);
    case NESTBOX_DOMAIN_NAME: return nestbox_syscall2(NR_setdomainname, string_at(s, op->text), op->length);
    case NESTBOX_LOOPBACK: return loopback();
    case NESTBOX_WRITE_KERNEL_VALUE: return write_kernel_value(s, op);
    case NESTBOX_OOM_SCORE: return oom_score(s, op);
    case NESTBOX_RESOURCE_LIMIT: {
        uint64_t limit[2] = {op->value, op->value2};
        return nestbox_syscall4(NR_prlimit64, 0, op->number, limit, 0);
    }
    case NESTBOX_FILE_MODE_MASK: return nestbox_syscall1(NR_umask, op->number);
    case NESTBOX_GROUPS: return groups(s, op);
    case NESTBOX_BOUNDING_SET: return bounding_set(op);
    case NESTBOX_USER: return user(op);
    case NESTBOX_CAPABILITIES: return capabilities(s, op);
    case NESTBOX_NO_NEW_PRIVILEGES: return nestbox_syscall5(NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    case NESTBOX_WORKING_DIRECTORY: return working_directory(s, op);
    case NESTBOX_GATE: return gate(s, op);
    case NESTBOX_SECCOMP: return seccomp(s, op);
    case NESTBOX_DESCRIPTORS: return descriptors(s, op);
    case NESTBOX_SIGNALS: return signals(op);
    case NESTBOX_INIT: return init(s);
    case NESTBOX_EXECUTE: return execute(s, op);
    case NESTBOX_NOT_DUMPABLE: return nestbox_syscall2(NR_prctl, PR_SET_DUMPABLE, 0);
    case NESTBOX_CLOSE: return nestbox_syscall1(NR_close, slot(s, op->source));
    case NESTBOX_SIBLING: return sibling(s);
    case NESTBOX_OPEN_TERMINAL: return open_terminal(s, op);
    case NESTBOX_CONTROL_TERMINAL: return control_terminal(s, op);
    case NESTBOX_MAKE_NODE: return make_node(s, op);
    case NESTBOX_CLONE_CHILD: return clone_child(s, op);
    case NESTBOX_TIME_OFFSETS: return time_offsets(s, op);
    case NESTBOX_PERSONALITY: return nestbox_syscall1(NR_personality, op->number);
    case NESTBOX_SCHEDULER: return nestbox_syscall3(NR_sched_setattr, 0, s->base + op->data, 0);
    case NESTBOX_IO_PRIORITY: return nestbox_syscall3(NR_ioprio_set, IOPRIO_WHO_PROCESS, 0, op->number);
    case NESTBOX_AFFINITY: return nestbox_syscall3(NR_sched_setaffinity, 0, op->length, s->base + op->data);
    case NESTBOX_MEMORY_POLICY:
        return nestbox_syscall3(NR_set_mempolicy, op->number, op->length ? s->base + op->data : 0, op->length * 8 + 1);
    case NESTBOX_NEW_KEYRING: return new_keyring(s, op);
    case NESTBOX_FIND: return find(s, op);
    case NESTBOX_HOOK: return hook(s, op);
    case NESTBOX_TELL_LISTENER:
        s->listener_socket = slot(s, op->source);
        s->listener_state = slot(s, op->target);
        return 0;
    case NESTBOX_JOIN_MOUNTS: return join_mounts(s, op);
    case NESTBOX_EXPECT_MOUNT: return expect_mount(s, op);
    case NESTBOX_EXPECT_DEVICE: return expect_device(s, op);
    case NESTBOX_MAKE_DEVICE: return make_device(s, op);
    case NESTBOX_ENTER_ROOT: return enter_root(slot(s, op->source));
    default: return -EINVAL;
    }
}

static void run(struct stage *s)
{
    struct nestbox_plan_header *header = s->header;
    const struct nestbox_operation *operations = (const struct nestbox_operation *)(s->base + header->operations);
    for (uint32_t index = 0; index < header->operation_count; index++) {
        long r = (int32_t)index == header->fault_index ? -header->fault_errno : perform(s, &operations[index]);
        if (r >= 0) continue;
        header->failed_errno = (int32_t)-r;
        header->failed_index = index;
        header->state = NESTBOX_STAGE_FAILED;
        return;
    }
}

/* `stack` is what the kernel left: argc, then argv. */
__attribute__((noreturn, used)) void stage_main(long *stack)
{
    const char **arguments = (const char **)(stack + 1);
    struct stage s = {0, 0, 0, {0, -1}, {0, -1}, -1, -1};
    if (stack[0] >= 3) {
        unsigned long plan = number_at(arguments[1]), size = number_at(arguments[2]);
        long at = nestbox_syscall6(NR_mmap, 0, (long)size, PROT_READ | PROT_WRITE, MAP_SHARED, (long)plan, 0);
        s.base = (unsigned char *)at;
        s.header = (struct nestbox_plan_header *)at;
        if (!(at < 0 && at > -4096) && s.header->magic == NESTBOX_PLAN_MAGIC
            && s.header->version == NESTBOX_PLAN_VERSION) {
            s.slots = (int32_t *)(s.base + s.header->slots);
            run(&s);
        }
    }
    nestbox_syscall1(NR_exit_group, 127);
    __builtin_unreachable();
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call stage_main\n");
#else
__asm__(".globl _start\n_start:\n mov x29, #0\n mov x0, sp\n bl stage_main\n");
#endif

/* The compiler may call these for initialisers. */
void *memset(void *to, int value, size_t count)
{
    unsigned char *p = to;
    while (count--) *p++ = (unsigned char)value;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    unsigned char *p = to;
    const unsigned char *q = from;
    while (count--) *p++ = *q++;
    return to;
}
