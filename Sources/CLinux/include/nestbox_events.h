/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* Waiting for many descriptors: calls that Swift's Glibc module leaves out. */
#ifndef NESTBOX_EVENTS_H
#define NESTBOX_EVENTS_H

#include <sys/epoll.h>
#include <sys/eventfd.h>

#endif
