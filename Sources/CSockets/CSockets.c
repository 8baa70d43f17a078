// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#define _GNU_SOURCE
#include "CSockets.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int csockets_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int csockets_enter_network_namespace(int descriptor) {
    return setns(descriptor, CLONE_NEWNET);
}

int csockets_unshare_network_namespace(void) {
    return unshare(CLONE_NEWNET);
}

int csockets_leave_descriptors(void) {
    if (unshare(CLONE_FILES) != 0) return -1;
    return (int)syscall(SYS_close_range, 3u, ~0u, 0u);
}

int csockets_is_network_namespace(int descriptor) {
    return ioctl(descriptor, NS_GET_NSTYPE) == CLONE_NEWNET;
}

ssize_t csockets_splice(int source, int target, size_t length) {
    return splice(source, NULL, target, NULL, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

int csockets_pipe(int descriptors[2]) {
    return pipe2(descriptors, O_NONBLOCK | O_CLOEXEC);
}

int csockets_set_pipe_size(int descriptor, int size) {
    return fcntl(descriptor, F_SETPIPE_SZ, size);
}

int csockets_readable_bytes(int descriptor) {
    int waiting = 0;
    return ioctl(descriptor, FIONREAD, &waiting) == 0 ? waiting : -1;
}
