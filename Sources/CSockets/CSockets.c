// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#define _GNU_SOURCE
#include "CSockets.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
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

int csockets_note_arrivals(int descriptor, int family) {
    int on = 1;
    if (family == AF_INET6) return setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    return setsockopt(descriptor, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

// Room for either kind of address.
union arrival_control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

ssize_t csockets_receive_datagram(
    int descriptor, void *buffer, size_t size, struct sockaddr *peer, socklen_t *length,
    struct csockets_arrival *arrival) {
    union arrival_control control;
    struct iovec part = {buffer, size};
    struct msghdr message = {
        .msg_name = peer, .msg_namelen = *length, .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = &control, .msg_controllen = sizeof control,
    };
    memset(arrival, 0, sizeof *arrival);
    ssize_t count = recvmsg(descriptor, &message, 0);
    if (count < 0) return count;
    *length = message.msg_namelen;
    for (struct cmsghdr *one = CMSG_FIRSTHDR(&message); one; one = CMSG_NXTHDR(&message, one)) {
        if (one->cmsg_level == IPPROTO_IP && one->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo found;
            memcpy(&found, CMSG_DATA(one), sizeof found);
            // The route's own choice of interface holds for the answer; only the address must be the same.
            arrival->family = AF_INET;
            arrival->ipv4 = found.ipi_spec_dst.s_addr;
        } else if (one->cmsg_level == IPPROTO_IPV6 && one->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo found;
            memcpy(&found, CMSG_DATA(one), sizeof found);
            arrival->family = AF_INET6;
            memcpy(arrival->ipv6, &found.ipi6_addr, sizeof arrival->ipv6);
            // Link-local addresses mean something on their interface only.
            arrival->interface = IN6_IS_ADDR_LINKLOCAL(&found.ipi6_addr) ? found.ipi6_ifindex : 0;
        }
    }
    return count;
}

ssize_t csockets_send_datagram(
    int descriptor, const void *bytes, size_t count, const struct sockaddr *peer, socklen_t length,
    const struct csockets_arrival *from) {
    union arrival_control control;
    memset(&control, 0, sizeof control);
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {
        .msg_name = (void *)peer, .msg_namelen = length, .msg_iov = &part, .msg_iovlen = 1,
    };
    if (from->family == AF_INET) {
        struct in_pktinfo source = {.ipi_spec_dst.s_addr = from->ipv4};
        control.header.cmsg_level = IPPROTO_IP;
        control.header.cmsg_type = IP_PKTINFO;
        control.header.cmsg_len = CMSG_LEN(sizeof source);
        memcpy(CMSG_DATA(&control.header), &source, sizeof source);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof source);
    } else if (from->family == AF_INET6) {
        struct in6_pktinfo source = {.ipi6_ifindex = from->interface};
        memcpy(&source.ipi6_addr, from->ipv6, sizeof from->ipv6);
        control.header.cmsg_level = IPPROTO_IPV6;
        control.header.cmsg_type = IPV6_PKTINFO;
        control.header.cmsg_len = CMSG_LEN(sizeof source);
        memcpy(CMSG_DATA(&control.header), &source, sizeof source);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof source);
    }
    return sendmsg(descriptor, &message, MSG_NOSIGNAL);
}
