/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#define _GNU_SOURCE
#include "nestbox_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

static int answer(long r) { return r < 0 ? -errno : (int)r; }

int nestbox_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return answer(syscall(SYS_openat2, directory, path, &how, sizeof how));
}

int nestbox_fsopen(const char *type) { return answer(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC)); }

int nestbox_fsconfig_string(int context, const char *key, const char *value)
{
    return answer(syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0));
}

int nestbox_fsconfig_flag(int context, const char *key)
{
    return answer(syscall(SYS_fsconfig, context, FSCONFIG_SET_FLAG, key, NULL, 0));
}

int nestbox_fsconfig_create(int context)
{
    return answer(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
}

int nestbox_fsmount(int context, uint64_t attributes)
{
    return answer(syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes));
}

int nestbox_open_tree(int directory, const char *path, int recursive)
{
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0) | (*path ? 0 : AT_EMPTY_PATH);
    return answer(syscall(SYS_open_tree, directory, path, flags));
}

int nestbox_mount_attributes(int mount, int recursive, uint64_t set, uint64_t clear, uint64_t propagation)
{
    struct mount_attr attributes = {.attr_set = set, .attr_clr = clear, .propagation = propagation};
    unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    return answer(syscall(SYS_mount_setattr, mount, "", flags, &attributes, sizeof attributes));
}

int nestbox_map_mount(int mount, int recursive, int user_namespace)
{
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user_namespace};
    unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    return answer(syscall(SYS_mount_setattr, mount, "", flags, &attributes, sizeof attributes));
}

/* Leaving user 0 takes the capabilities over files away, returning to it gives all of them: both are put right here. */
static int set_effective(const unsigned effective[2])
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) < 0) return -errno;
    for (int word = 0; word < 2; word++) data[word].effective = effective[word];
    return answer(syscall(SYS_capset, &header, data));
}

int nestbox_take_file_identity(unsigned user, unsigned group, struct nestbox_file_identity *before)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) < 0) return -errno;
    for (int word = 0; word < 2; word++) before->effective[word] = data[word].effective;
    before->dumpable = prctl(PR_GET_DUMPABLE);
    before->death_signal = 0;
    prctl(PR_GET_PDEATHSIG, &before->death_signal);
    before->group = (unsigned)syscall(SYS_setfsgid, group);
    before->user = (unsigned)syscall(SYS_setfsuid, user);
    int r = set_effective(before->effective);
    /* These calls never fail; whether they did anything the next one tells. */
    if (r == 0 && (unsigned)syscall(SYS_setfsuid, -1) != user) r = -EPERM;
    if (r < 0) nestbox_leave_file_identity(before);
    return r;
}

void nestbox_leave_file_identity(const struct nestbox_file_identity *before)
{
    syscall(SYS_setfsuid, before->user);
    syscall(SYS_setfsgid, before->group);
    set_effective(before->effective);
    /* A change of identity makes the process undumpable and forgets the thread's signal. */
    if (before->dumpable == 1) prctl(PR_SET_DUMPABLE, 1);
    if (before->death_signal) prctl(PR_SET_PDEATHSIG, before->death_signal);
}
