// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// What Swift's Glibc module leaves out for sockets: it is built without _GNU_SOURCE and without epoll and eventfd.

#ifndef CSOCKETS_H
#define CSOCKETS_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC; GNU only in glibc.
int csockets_accept(int listener, struct sockaddr *address, socklen_t *length);

// setns(2) into a network namespace; GNU only in glibc.
int csockets_enter_network_namespace(int descriptor);

// unshare(2) of the calling thread's network namespace; GNU only in glibc.
int csockets_unshare_network_namespace(void);

// unshare(2) CLONE_FILES and close_range(2) from 3 on: the calling thread gets a table of descriptors of its own that has
// only the standard streams. GNU only in glibc. Returns 0 or -1.
int csockets_leave_descriptors(void);

// ioctl(2) NS_GET_NSTYPE; variadic functions are not imported. 1 if the descriptor is a network namespace, else 0.
int csockets_is_network_namespace(int descriptor);

// splice(2) with SPLICE_F_MOVE and SPLICE_F_NONBLOCK, without offsets; GNU only in glibc.
ssize_t csockets_splice(int source, int target, size_t length);

// pipe2(2) with O_NONBLOCK and O_CLOEXEC; GNU only in glibc.
int csockets_pipe(int descriptors[2]);

// fcntl(2) F_SETPIPE_SZ; variadic functions are not imported, the constant is GNU only.
int csockets_set_pipe_size(int descriptor, int size);

// ioctl(2) FIONREAD; variadic functions are not imported. Returns the bytes waiting or -1.
int csockets_readable_bytes(int descriptor);

// The address of this host that a datagram came to, by which its answer must leave: a sender takes no answer from another.
struct csockets_arrival {
    // AF_INET or AF_INET6; AF_UNSPEC if it is not known.
    int family;
    unsigned int interface;
    // In network order.
    uint32_t ipv4;
    uint64_t ipv6[2];
};

// setsockopt(2) IP_PKTINFO or IPV6_RECVPKTINFO, the latter GNU only in glibc. Returns 0 or -1.
int csockets_note_arrivals(int descriptor, int family);

// recvmsg(2) of a datagram, who sent it and where it came to; the macros for control messages are not imported.
ssize_t csockets_receive_datagram(
    int descriptor, void *buffer, size_t size, struct sockaddr *peer, socklen_t *length, struct csockets_arrival *arrival);

// sendmsg(2) of a datagram from the address that another came to; the macros for control messages are not imported.
ssize_t csockets_send_datagram(
    int descriptor, const void *bytes, size_t count, const struct sockaddr *peer, socklen_t length,
    const struct csockets_arrival *from);

#endif
