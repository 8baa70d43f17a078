/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* Terminals, and descriptors sent through sockets: Swift sees neither the macros of `cmsg(3)` nor variadic `ioctl`. */
#ifndef NESTBOX_TERMINAL_H
#define NESTBOX_TERMINAL_H

#include <stdint.h>

/* A pair of connected sockets that keep messages apart, closed on execution. 0 or -errno. */
int nestbox_socket_pair(int *one, int *other);

/* The descriptor that has been sent, closed on execution; -EAGAIN if there is none yet, -EPIPE if there will be none. */
int nestbox_receive_descriptor(int socket);

/* Connects to a stream socket by its path and sends a descriptor with a name. 0 or -errno. */
int nestbox_send_descriptor_to(const char *path, int descriptor, const char *name);

/* A stream socket that is connected to this path, closed on execution; or -errno. */
int nestbox_connect_to(const char *path);

/* 0 or -errno. */
int nestbox_terminal_size(int terminal, uint16_t *rows, uint16_t *columns);
int nestbox_set_terminal_size(int terminal, uint16_t rows, uint16_t columns);

#endif
