/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* What the process is and may do: names, kernel values, credentials, confinement. */
#include "stage.h"

struct interface_flags {
    char name[16];
    int16_t flags;
    char rest[22]; /* the kernel copies sizeof(struct ifreq), 40 bytes */
};

long loopback(void)
{
    long socket = nestbox_syscall3(NR_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return socket;
    struct interface_flags request = {{'l', 'o'}, IFF_UP | IFF_RUNNING, {0}};
    return nestbox_syscall3(NR_ioctl, socket, SIOCSIFFLAGS, &request);
}

/* Only a procfs of our own is written to, and no link in it is followed: a fake one could redirect the value. */
static long write_beneath(int directory, const char *path, const char *text, uint32_t length)
{
    struct open_how how = {O_WRONLY | O_CLOEXEC, 0,
                           RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS};
    long file = nestbox_syscall4(NR_openat2, directory, path, &how, sizeof how);
    if (file < 0) return file;
    long r = nestbox_syscall3(NR_write, file, text, length);
    return r < 0 ? r : 0;
}

long write_kernel_value(struct stage *s, const struct nestbox_operation *op)
{
    return write_beneath(slot(s, op->target), string_at(s, op->path), string_at(s, op->text), op->length);
}

/* `/proc/self` is a link, so the file is named by number, as this process's own namespace counts. */
static void own_file(char path[48], const char *suffix)
{
    char digits[12];
    int count = 0, at = 0;
    for (long pid = nestbox_syscall0(NR_getpid); pid > 0; pid /= 10) digits[count++] = (char)('0' + pid % 10);
    while (count > 0) path[at++] = digits[--count];
    do path[at++] = *suffix;
    while (*suffix++);
}

long oom_score(struct stage *s, const struct nestbox_operation *op)
{
    char path[48];
    own_file(path, "/oom_score_adj");
    return write_beneath(slot(s, op->target), path, string_at(s, op->text), op->length);
}

long groups(struct stage *s, const struct nestbox_operation *op)
{
    long r = 0;
    if (!(op->flags & NESTBOX_KEEP_GROUPS))
        r = nestbox_syscall2(NR_setgroups, op->length / sizeof(uint32_t), s->base + op->data);
    if (r >= 0) r = nestbox_syscall3(NR_setresgid, op->number, op->number, op->number);
    return r;
}

long bounding_set(const struct nestbox_operation *op)
{
    for (long capability = 0; capability <= op->number; capability++) {
        if (op->value >> capability & 1) continue;
        long r = nestbox_syscall2(NR_prctl, PR_CAPBSET_DROP, capability);
        if (r == -EINVAL) return 0; /* past the last one this kernel knows */
        if (r < 0) return r;
    }
    return 0;
}

long user(const struct nestbox_operation *op)
{
    if (op->number == 0) return nestbox_syscall3(NR_setresuid, 0, 0, 0);
    long r = nestbox_syscall2(NR_prctl, PR_SET_KEEPCAPS, 1);
    if (r >= 0) r = nestbox_syscall3(NR_setresuid, op->number, op->number, op->number);
    if (r >= 0) r = nestbox_syscall2(NR_prctl, PR_SET_KEEPCAPS, 0);
    return r;
}

long capabilities(struct stage *s, const struct nestbox_operation *op)
{
    const uint64_t *sets = (const uint64_t *)(s->base + op->data);
    uint32_t header[2] = {LINUX_CAPABILITY_VERSION_3, 0};
    uint32_t data[6];
    for (int set = 0; set < 3; set++) {
        data[set] = (uint32_t)sets[set];
        data[3 + set] = (uint32_t)(sets[set] >> 32);
    }
    long r = nestbox_syscall2(NR_capset, header, data);
    if (r >= 0) r = nestbox_syscall5(NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (long capability = 0; r >= 0 && capability < 64; capability++)
        if (sets[3] >> capability & 1)
            r = nestbox_syscall5(NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
    return r;
}

/* With a listener the kernel answers with its descriptor, which the host's agent gets before any call is asked about. */
long seccomp(struct stage *s, const struct nestbox_operation *op)
{
    struct sock_fprog program = {(uint16_t)(op->length / 8), s->base + op->data};
    long flags = (long)op->value | (s->listener_socket >= 0 ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0);
    long r = nestbox_syscall3(NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (r < 0 || s->listener_socket < 0) return r;
    return send_descriptor(s->listener_socket, r, s->listener_state);
}

/* Without keyrings in the kernel there is none to share; with the user's quota used up, the host's is still left. */
long new_keyring(struct stage *s, const struct nestbox_operation *op)
{
    long r = nestbox_syscall2(NR_keyctl, KEYCTL_JOIN_SESSION_KEYRING, string_at(s, op->text));
    return r == -ENOSYS ? 0 : r;
}

/* The offsets of a namespace can be set until the first process is in it; execution and clone enter it, and this does. */
long time_offsets(struct stage *s, const struct nestbox_operation *op)
{
    char path[48];
    long r = nestbox_syscall1(NR_unshare, CLONE_NEWTIME);
    if (r >= 0 && op->length) {
        own_file(path, "/timens_offsets");
        r = write_beneath(slot(s, op->target), path, string_at(s, op->text), op->length);
    }
    if (r < 0) return r;
    own_file(path, "/ns/time_for_children");
    long entrance = nestbox_syscall4(NR_openat, slot(s, op->target), path, O_CLOEXEC, 0);
    return entrance < 0 ? entrance : nestbox_syscall2(NR_setns, entrance, CLONE_NEWTIME);
}
