/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* bpf(2), which glibc has no function for. */
#ifndef NESTBOX_BPF_H
#define NESTBOX_BPF_H

#include <stddef.h>
#include <stdint.h>

/*
 * Loads a program about devices and attaches it to a v2 group, in place of those that were attached there. 0 or -errno.
 */
int nestbox_attach_device_program(int cgroup, const uint64_t *instructions, size_t count);

#endif
