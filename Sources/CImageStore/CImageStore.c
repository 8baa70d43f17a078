/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */
#define _GNU_SOURCE
#include "CImageStore.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int cimagestore_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int cimagestore_syncfs(int descriptor) {
    return syncfs(descriptor);
}

const char *cimagestore_errno_name(int error) {
    return strerrorname_np(error);
}
