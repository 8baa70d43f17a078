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
long oom_score(struct stage *s, const struct nestbox_operation *op)
{
    static const char suffix[] = "/oom_score_adj";
    char path[40];
    char digits[12];
    int count = 0, at = 0;
    for (long pid = nestbox_syscall0(NR_getpid); pid > 0; pid /= 10) digits[count++] = (char)('0' + pid % 10);
    while (count > 0) path[at++] = digits[--count];
    for (unsigned i = 0; i < sizeof suffix; i++) path[at++] = suffix[i];
    return write_beneath(slot(s, op->target), path, string_at(s, op->text), op->length);
}

long groups(struct stage *s, const struct nestbox_operation *op)
{
    long r = nestbox_syscall2(NR_setgroups, op->length / sizeof(uint32_t), s->base + op->data);
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

long seccomp(struct stage *s, const struct nestbox_operation *op)
{
    struct sock_fprog program = {(uint16_t)(op->length / 8), s->base + op->data};
    return nestbox_syscall3(NR_seccomp, SECCOMP_SET_MODE_FILTER, op->value, &program);
}
