/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */
#define _GNU_SOURCE
#include "CVolumeStore.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int cvolumestore_renameat2(int old_directory, const char *old_name, int new_directory, const char *new_name,
                           unsigned flags) {
    return renameat2(old_directory, old_name, new_directory, new_name, flags);
}

int cvolumestore_syncfs(int descriptor) {
    return syncfs(descriptor);
}

ssize_t cvolumestore_copy_file_range(int source, int64_t *source_offset, int target, int64_t *target_offset,
                                     size_t count) {
    return copy_file_range(source, source_offset, target, target_offset, count, 0);
}

const char *cvolumestore_errno_name(int error) {
    return strerrorname_np(error);
}
