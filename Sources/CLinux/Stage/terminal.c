/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* The pseudoterminal of a program: made in the container's own devpts, its other end given to the host. */
#include "stage.h"

long send_descriptor(int socket, long descriptor, int file)
{
    char text[2048];
    struct descriptor_message message = {sizeof message - sizeof(int32_t), SOL_SOCKET, SCM_RIGHTS, (int32_t)descriptor, 0};
    struct iovec part = {"", 1};
    struct msghdr header = {0, 0, &part, 1, &message, sizeof message, 0};
    if (file >= 0) {
        nestbox_syscall3(NR_lseek, file, 0, 0);
        long got = nestbox_syscall3(NR_read, file, text, sizeof text);
        if (got < 0) return got;
        part.base = text;
        part.length = (size_t)got;
    }
    long r = nestbox_syscall3(NR_sendmsg, socket, &header, 0);
    /* The descriptor goes with the first bytes; what is left of the file follows. */
    while (r > 0 && file >= 0) {
        long got = nestbox_syscall3(NR_read, file, text, sizeof text);
        if (got <= 0) break;
        r = nestbox_syscall3(NR_write, socket, text, got);
    }
    return r < 0 ? r : 0;
}

/*
 * In a running container anything may have been mounted over /dev/pts, so what was opened has to be of a devpts
 * (CVE-2025-52565). No path leads to the program's end: it comes from the other end itself.
 */
static long open_master(struct stage *s, const struct nestbox_operation *op)
{
    struct open_how how = {O_RDWR | O_NOCTTY | O_CLOEXEC, 0, RESOLVE_NO_MAGICLINKS};
    if (op->target >= 0) {
        how.resolve |= RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
        return nestbox_syscall4(NR_openat2, slot(s, op->target), "ptmx", &how, sizeof how);
    }
    long master = nestbox_syscall4(NR_openat2, AT_FDCWD, "/dev/pts/ptmx", &how, sizeof how);
    if (master < 0) return master;
    uint64_t filesystem[16];
    long r = nestbox_syscall2(NR_fstatfs, master, filesystem);
    if (r >= 0 && filesystem[0] != DEVPTS_SUPER_MAGIC) r = -ENOTTY;
    return r < 0 ? r : master;
}

long open_terminal(struct stage *s, const struct nestbox_operation *op)
{
    uint16_t size[4] = {(uint16_t)(op->number >> 16), (uint16_t)op->number, 0, 0};
    int locked = 0;
    long master = open_master(s, op);
    if (master < 0) return master;
    long r = nestbox_syscall3(NR_ioctl, master, TIOCSPTLCK, &locked);
    if (r < 0) return r;
    long peer = nestbox_syscall3(NR_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (peer < 0) return peer;
    s->slots[op->result] = (int32_t)peer;
    if (op->number != 0) r = nestbox_syscall3(NR_ioctl, peer, TIOCSWINSZ, size);
    if (r >= 0) r = nestbox_syscall3(NR_fchown, peer, op->value, -1);
    if (r >= 0) r = send_descriptor(slot(s, op->source), master, -1);
    nestbox_syscall1(NR_close, master);
    return r;
}

long control_terminal(struct stage *s, const struct nestbox_operation *op)
{
    long peer = slot(s, op->source), r = 0;
    for (long stream = 0; stream < 3 && r >= 0; stream++) r = nestbox_syscall3(NR_dup3, peer, stream, 0);
    if (r >= 0) r = nestbox_syscall3(NR_ioctl, 0, TIOCSCTTY, 0);
    return r < 0 ? r : 0;
}
