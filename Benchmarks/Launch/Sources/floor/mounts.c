// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// Descriptors that only the child has stay open: execve closes them all.

#define _GNU_SOURCE
#include "mounts.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>

long check(struct launch *launch, long result, int line)
{
    if (result >= 0) return result;
    launch->failed_line = line;
    launch->failed_errno = (int)-result;
    for (;;) SYS1(SYS_exit_group, 127);
}

long mount_make(struct launch *launch, const char *type, const struct mount_option *options, uint64_t attributes)
{
    long context = CHECK(SYS2(SYS_fsopen, type, FSOPEN_CLOEXEC));
    for (; options && options->key; options++)
        CHECK(SYS5(SYS_fsconfig, context, FSCONFIG_SET_STRING, options->key, options->value, 0));
    CHECK(SYS5(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
    long mount = CHECK(SYS3(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes));
    SYS1(SYS_close, context);
    return mount;
}

long mount_new(struct launch *launch, const char *type, const struct mount_option *options, uint64_t attributes,
               const char *target)
{
    long mount = mount_make(launch, type, options, attributes);
    CHECK(SYS5(SYS_move_mount, mount, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH));
    return mount;
}

void mount_clone(struct launch *launch, const char *source, const char *target)
{
    long tree = CHECK(SYS3(SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    CHECK(SYS5(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH));
}

/// Opens what a mask covers, or returns -1 if this kernel has no such file.
static long open_target(struct launch *launch, const char *target)
{
    long descriptor = SYS4(SYS_openat, AT_FDCWD, target, O_PATH | O_CLOEXEC, 0);
    if (descriptor == -ENOENT || descriptor == -ENOTDIR) return -1;
    return CHECK(descriptor);
}

static void attach(struct launch *launch, long mount, long target)
{
    CHECK(SYS5(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

void mount_clone_if_there(struct launch *launch, const char *source, const char *target, uint64_t attributes)
{
    struct mount_attr change = {.attr_set = attributes};
    long descriptor = open_target(launch, target);
    if (descriptor < 0) return;
    long tree = CHECK(SYS3(SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
    if (attributes)
        CHECK(SYS5(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &change, sizeof(change)));
    attach(launch, tree, descriptor);
}

void mount_new_if_there(struct launch *launch, const char *type, uint64_t attributes, const char *target)
{
    long descriptor = open_target(launch, target);
    if (descriptor < 0) return;
    attach(launch, mount_make(launch, type, NULL, attributes), descriptor);
}
