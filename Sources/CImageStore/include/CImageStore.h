/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* The system calls that ImageStore needs and glibc gives no callable Swift form of. */
#ifndef NESTBOX_C_IMAGE_STORE_H
#define NESTBOX_C_IMAGE_STORE_H

#include <linux/openat2.h>
#include <stdint.h>
#include <sys/xattr.h>

/* openat2(2): glibc has no wrapper. Returns a descriptor, or -1 with errno set. */
int cimagestore_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

/* syncfs(2): glibc declares it only for _GNU_SOURCE, which Swift's view of glibc lacks. */
int cimagestore_syncfs(int descriptor);

/* The symbolic name of an errno value ("ENOENT"), or NULL for an unknown one. */
const char *cimagestore_errno_name(int error);

#endif
