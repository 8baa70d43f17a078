/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* Network devices moved between namespaces, by rtnetlink. glibc has no calls for it. */
#ifndef NESTBOX_DEVICE_H
#define NESTBOX_DEVICE_H

#include <stddef.h>

struct nestbox_device {
    int index;
    int is_up;
};

/* A socket for the network namespace that the calling thread is in, or -errno. */
int nestbox_device_socket(void);

/* Finds a device by its name. 0, or -errno: ENODEV if there is none. */
int nestbox_device_find(int socket, const char *name, struct nestbox_device *device);

/*
 * The device's permanent addresses of global scope, as the messages that give them to another. Their size, or -errno:
 * ENOBUFS if they take more than `capacity`.
 */
long nestbox_device_addresses(int socket, int index, void *addresses, size_t capacity);

/* Gives a device such addresses. 0 or -errno. */
int nestbox_device_add_addresses(int socket, int index, const void *addresses, size_t size);

/* 0 or -errno. */
int nestbox_device_set_up(int socket, int index);

/* Moves a device into a network namespace and names it there. 0 or -errno; the name may fail after the move. */
int nestbox_device_move(int socket, int index, int namespace, const char *name);

#endif
