/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/*
 * The mount API by descriptor, and openat2. glibc has the former since 2.36 only and lacks the latter.
 * Each returns a descriptor or 0, or a negative errno.
 */
#ifndef NESTBOX_MOUNT_H
#define NESTBOX_MOUNT_H

#include <stdint.h>

#define NESTBOX_O_PATH 010000000
#define NESTBOX_RESOLVE_NO_MAGICLINKS 0x02
#define NESTBOX_RESOLVE_NO_SYMLINKS 0x04
#define NESTBOX_RESOLVE_BENEATH 0x08
#define NESTBOX_RESOLVE_IN_ROOT 0x10

int nestbox_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int nestbox_fsopen(const char *type);
int nestbox_fsconfig_string(int context, const char *key, const char *value);
int nestbox_fsconfig_flag(int context, const char *key);
int nestbox_fsconfig_create(int context);
int nestbox_fsmount(int context, uint64_t attributes);
int nestbox_open_tree(int directory, const char *path, int recursive);
int nestbox_mount_attributes(int mount, int recursive, uint64_t set, uint64_t clear, uint64_t propagation);

/* Shows the mount's files as owned by whom the user namespace maps their owners to. 0 or -errno. */
int nestbox_map_mount(int mount, int recursive, int user_namespace);

/* What a thread was before it took another's place in filesystems. */
struct nestbox_file_identity {
    unsigned user, group;
    unsigned effective[2]; /* capabilities */
    int dumpable, death_signal;
};

/*
 * Makes the calling thread someone else where files are concerned, with the capabilities it has. An overlay does what
 * it does in its layers as whoever mounted it, who has to be someone in a mapped one. 0 or -errno, as before then.
 */
int nestbox_take_file_identity(unsigned user, unsigned group, struct nestbox_file_identity *before);
void nestbox_leave_file_identity(const struct nestbox_file_identity *before);

#endif
