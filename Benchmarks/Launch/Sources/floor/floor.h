// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#ifndef FLOOR_H
#define FLOOR_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

/// The size of the stack a child runs on.
#define STACK_SIZE (256 * 1024)

/// The hierarchies a container gets a group in: on a hybrid host these and the unified one, which counts and freezes;
/// else `cpuacct` and `freezer` for that.
enum { MEMORY, CPU, PIDS, UNIFIED, MOST_GROUPS = 5 };

/// Parts of a launch that can be left out, to see what each costs.
enum skip {
    SKIP_CGROUPS = 1 << 0,
    SKIP_NETWORK = 1 << 1,
    SKIP_CGROUP_NAMESPACE = 1 << 2,
    SKIP_DEVICES = 1 << 3,
    SKIP_MASKS = 1 << 4,
    SKIP_SECCOMP = 1 << 5,
    SKIP_IPC = 1 << 6,
    SKIP_SYSFS = 1 << 7,
    SKIP_CGROUP_MOUNT = 1 << 8,
    SKIP_PID = 1 << 9,
    SKIP_LIMITS = 1 << 10,
    SKIP_UMOUNT = 1 << 11,
    SKIP_LOOPBACK = 1 << 12,
    SKIP_DEVPTS = 1 << 13,
    SKIP_SHM = 1 << 14,
    SKIP_MQUEUE = 1 << 15,
    SKIP_CAPABILITIES = 1 << 16,
    SKIP_PROC = 1 << 17,
    SKIP_MOUNTS = 1 << 18,
};

/// The steps `--steps` times, in the order they happen.
enum step {
    STEP_CGROUP_MKDIR, STEP_CGROUP_LIMITS, STEP_CGROUP_TREES, STEP_ROOT_TREE, STEP_CLONE, STEP_JOIN,
    STEP_UNSHARE_CGROUP, STEP_LOOPBACK, STEP_PRIVATE, STEP_ATTACH_ROOT, STEP_PROC, STEP_SYSFS, STEP_DEV,
    STEP_DEV_NODES, STEP_DEV_LINKS, STEP_DEVPTS, STEP_SHM, STEP_MQUEUE, STEP_CGROUP_MOUNT, STEP_MASKS,
    STEP_READ_ONLY, STEP_PIVOT, STEP_UMOUNT, STEP_IDENTITY, STEP_CAPABILITIES, STEP_SECCOMP, STEP_EXEC,
    STEP_EXIT, STEP_CGROUP_RMDIR, STEPS
};

/// What every launch of a run shares.
struct settings {
    const char *root;
    const char *upper;        ///< With `overlay`: a directory for each launch's upper and work directories.
    struct sock_fprog seccomp;
    uint32_t skip;
    bool overlay;
    bool fork;                ///< Copy the address space in place of CLONE_VM | CLONE_VFORK.
    bool make_nodes;          ///< mknod in /dev in place of bind-mounting the host's nodes.
    bool join_procs;          ///< Join by `cgroup.procs` in place of `tasks`.
    bool steps;
    bool hybrid;              ///< `UNIFIED` is there, and is joined by CLONE_INTO_CGROUP.
    int groups;
    const char *const *group_names;
    int group_parents[MOST_GROUPS];
    int null;                 ///< Opened before, as the library holds it.
};

/// One launch, in memory that parent and child share.
struct launch {
    const struct settings *settings;
    char name[32];
    int join[MOST_GROUPS];
    int group_trees[MOST_GROUPS];
    int root_tree;
    int failed_line;          ///< Where the child failed, zero when it did not.
    int failed_errno;
    uint64_t mark[STEPS];     ///< Nanoseconds at the end of each step.
};

extern const char *const step_names[STEPS];

uint64_t now(void);

static inline void mark(struct launch *launch, enum step step)
{
    if (launch->settings->steps) launch->mark[step] = now();
}

/// Starts one container, waits until it ended and removes its groups. Ends the program on any failure.
void launch_run(struct launch *launch, void *stack_top);

/// What the child does between clone and execve.
void child_main(void *launch);

#endif
