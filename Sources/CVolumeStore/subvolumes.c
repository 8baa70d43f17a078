/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */
#define _GNU_SOURCE
#include "CVolumeStore.h"

#include <errno.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* Names are NUL-terminated within the kernel's fields. */
static int copy_name(char *target, size_t size, const char *name) {
    size_t length = strlen(name);
    if (length >= size) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(target, name, length + 1);
    return 0;
}

bool cvolumestore_is_btrfs(int file) {
    struct statfs status;
    return fstatfs(file, &status) == 0 && status.f_type == BTRFS_SUPER_MAGIC;
}

bool cvolumestore_is_subvolume(int directory) {
    struct stat status;
    return cvolumestore_is_btrfs(directory) && fstat(directory, &status) == 0 &&
           status.st_ino == BTRFS_FIRST_FREE_OBJECTID;
}

int cvolumestore_create_subvolume(int parent, const char *name) {
    struct btrfs_ioctl_vol_args arguments = {0};
    if (copy_name(arguments.name, sizeof arguments.name, name) != 0) return -1;
    return ioctl(parent, BTRFS_IOC_SUBVOL_CREATE, &arguments);
}

int cvolumestore_snapshot_subvolume(int source, int parent, const char *name) {
    struct btrfs_ioctl_vol_args_v2 arguments = {.fd = source};
    if (copy_name(arguments.name, sizeof arguments.name, name) != 0) return -1;
    return ioctl(parent, BTRFS_IOC_SNAP_CREATE_V2, &arguments);
}

int cvolumestore_destroy_subvolume(int parent, const char *name) {
    struct btrfs_ioctl_vol_args arguments = {0};
    if (copy_name(arguments.name, sizeof arguments.name, name) != 0) return -1;
    return ioctl(parent, BTRFS_IOC_SNAP_DESTROY, &arguments);
}

int cvolumestore_limit_subvolume(int subvolume, uint64_t bytes) {
    /* qgroup 0 is that of the subvolume itself. */
    struct btrfs_ioctl_qgroup_limit_args arguments = {
        .lim = {.flags = BTRFS_QGROUP_LIMIT_MAX_RFER, .max_rfer = bytes},
    };
    return ioctl(subvolume, BTRFS_IOC_QGROUP_LIMIT, &arguments);
}
