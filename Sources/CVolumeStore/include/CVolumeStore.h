/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* The system calls that VolumeStore needs and that Swift's Glibc module does not show, or glibc does not have. */
#ifndef NESTBOX_C_VOLUME_STORE_H
#define NESTBOX_C_VOLUME_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/xattr.h>

/* Each returns 0 or a descriptor, or -1 with errno set, unless it says otherwise. */

/* renameat2(2) and syncfs(2): declared for _GNU_SOURCE only, which Swift's view of glibc lacks. */
int cvolumestore_renameat2(int old_directory, const char *old_name, int new_directory, const char *new_name,
                           unsigned flags);
int cvolumestore_syncfs(int descriptor);

/* copy_file_range(2), for the same reason. Both offsets move on. Returns the bytes copied. */
ssize_t cvolumestore_copy_file_range(int source, int64_t *source_offset, int target, int64_t *target_offset,
                                     size_t count);

/* The symbolic name of an errno value ("ENOENT"), or NULL for an unknown one. */
const char *cvolumestore_errno_name(int error);

/* -- Project quotas of ext4 and xfs: FS_IOC_FS[GS]ETXATTR and quotactl_fd(2), which glibc has no wrapper for. */

struct cvolumestore_quota {
    uint64_t bytes;
    uint64_t inodes;
    uint64_t limit; /* 0: none */
};

/* Whether the filesystem of an open file enforces limits of projects. */
bool cvolumestore_enforces_projects(int file);

/* What a project takes and may take. */
int cvolumestore_get_project_quota(int file, uint32_t project, struct cvolumestore_quota *quota);

/* Limits what a project may take; 0 takes the limit away. */
int cvolumestore_limit_project(int file, uint32_t project, uint64_t bytes);

/* Puts an open directory, and all that will be made in it, into a project. */
int cvolumestore_set_project(int directory, uint32_t project);

/* The project of an open file, 0 for none and where the filesystem has no projects. */
uint32_t cvolumestore_get_project(int file);

/* -- Subvolumes of btrfs (linux/btrfs.h). */

/* Whether the open file is on btrfs. */
bool cvolumestore_is_btrfs(int file);

/* Whether the open directory is the top of a subvolume. */
bool cvolumestore_is_subvolume(int directory);

int cvolumestore_create_subvolume(int parent, const char *name);
int cvolumestore_snapshot_subvolume(int source, int parent, const char *name);
int cvolumestore_destroy_subvolume(int parent, const char *name);

/* Limits what a subvolume may refer to; ENOTCONN or EINVAL where quotas are off. */
int cvolumestore_limit_subvolume(int subvolume, uint64_t bytes);

/* -- Mounts that show files with other owners (mount_setattr(2), open_tree(2)). */

/* Detaches a copy of what is below `directory`, with owners mapped by a user namespace. Returns the mount. */
int cvolumestore_idmapped_tree(int directory, int user_namespace, bool read_only);

/* Makes a user namespace with these maps, which nobody is in. Returns its descriptor. */
int cvolumestore_user_namespace(const char *user_map, const char *group_map);

#endif
