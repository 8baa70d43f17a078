// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// The host's side of one launch: groups, root, clone, wait, removal.

#define _GNU_SOURCE
#include "floor.h"
#include "mounts.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static _Noreturn void fail(const char *what, const char *name, int error)
{
    fprintf(stderr, "floor: %s %s: %s\n", what, name, strerror(error));
    exit(1);
}

static int open_in_group(const struct launch *launch, int group, const char *file)
{
    char path[96];
    snprintf(path, sizeof(path), "%s/%s", launch->name, file);
    int descriptor = openat(launch->settings->group_parents[group], path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) fail("cannot open", path, errno);
    return descriptor;
}

static void write_limit(const struct launch *launch, int group, const char *file, const char *value)
{
    int descriptor = open_in_group(launch, group, file);
    if (write(descriptor, value, strlen(value)) < 0) fail("cannot write", file, errno);
    close(descriptor);
}

static void make_groups(struct launch *launch)
{
    const struct settings *settings = launch->settings;
    for (int i = 0; i < settings->groups; i++)
        if (mkdirat(settings->group_parents[i], launch->name, 0755) < 0) fail("cannot make group", launch->name, errno);
    mark(launch, STEP_CGROUP_MKDIR);
    if ((settings->skip & SKIP_LIMITS) == 0) {
        write_limit(launch, MEMORY, "memory.limit_in_bytes", "268435456");
        write_limit(launch, CPU, "cpu.cfs_period_us", "100000");
        write_limit(launch, CPU, "cpu.cfs_quota_us", "100000");
        write_limit(launch, PIDS, "pids.max", "512");
    }
    mark(launch, STEP_CGROUP_LIMITS);
    for (int i = 0; i < settings->groups; i++) {
        const bool cloned_into = settings->hybrid && i == UNIFIED;
        launch->join[i] = cloned_into ? -1 : open_in_group(launch, i, settings->join_procs ? "cgroup.procs" : "tasks");
        long tree = SYS3(SYS_open_tree, settings->group_parents[i], launch->name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        if (tree < 0) fail("cannot clone the mount of", settings->group_names[i], (int)-tree);
        launch->group_trees[i] = (int)tree;
    }
    mark(launch, STEP_CGROUP_TREES);
}

static void remove_groups(struct launch *launch)
{
    for (int i = 0; i < launch->settings->groups; i++) {
        if (launch->join[i] >= 0) close(launch->join[i]);
        close(launch->group_trees[i]);
        if (unlinkat(launch->settings->group_parents[i], launch->name, AT_REMOVEDIR) < 0)
            fail("cannot remove group", launch->settings->group_names[i], errno);
    }
}

/// The path of a launch's own directory for overlayfs, with a suffix.
static const char *upper_path(const struct launch *launch, char *buffer, size_t size, const char *suffix)
{
    snprintf(buffer, size, "%s/%s%s", launch->settings->upper, launch->name, suffix);
    return buffer;
}

static int make_overlay(struct launch *launch)
{
    char directory[256], upper[256], work[256];
    mkdir(upper_path(launch, directory, sizeof(directory), ""), 0755);
    mkdir(upper_path(launch, upper, sizeof(upper), "/upper"), 0755);
    mkdir(upper_path(launch, work, sizeof(work), "/scratch"), 0755);
    const struct mount_option options[] = {
        {"lowerdir+", launch->settings->root}, {"upperdir", upper}, {"workdir", work}, {0},
    };
    return (int)mount_make(launch, "overlay", options, 0);
}

static void remove_overlay(const struct launch *launch)
{
    static const char *const parts[] = {"/scratch/work", "/scratch", "/upper", ""};
    char path[256];
    for (int i = 0; i < 4; i++)
        if (rmdir(upper_path(launch, path, sizeof(path), parts[i])) < 0 && errno != ENOENT)
            fail("cannot remove", path, errno);
}

static int open_root(struct launch *launch)
{
    if (launch->settings->overlay) return make_overlay(launch);
    const long flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE;
    long tree = SYS3(SYS_open_tree, AT_FDCWD, launch->settings->root, flags);
    if (tree < 0) fail("cannot clone the mount of", launch->settings->root, (int)-tree);
    return (int)tree;
}

static int start(struct launch *launch, void *stack_top)
{
    const struct settings *settings = launch->settings;
    int pidfd = -1;
    uint64_t flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND | CLONE_NEWNS | CLONE_NEWUTS;
    if (!settings->fork) flags |= CLONE_VM | CLONE_VFORK;
    if ((settings->skip & SKIP_IPC) == 0) flags |= CLONE_NEWIPC;
    if ((settings->skip & SKIP_PID) == 0) flags |= CLONE_NEWPID;
    if ((settings->skip & SKIP_NETWORK) == 0) flags |= CLONE_NEWNET;
    const bool into_group = settings->hybrid && (settings->skip & SKIP_CGROUPS) == 0;
    if (into_group) flags |= CLONE_INTO_CGROUP;
    struct clone_args arguments = {
        .flags = flags,
        .pidfd = (uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
        .stack = (uintptr_t)stack_top - STACK_SIZE,
        .stack_size = STACK_SIZE,
        .cgroup = into_group ? (uint64_t)launch->group_trees[UNIFIED] : 0,
    };
    long pid = system_clone3(&arguments, sizeof(arguments), child_main, launch);
    if (pid < 0) fail("cannot clone", "", (int)-pid);
    return pidfd;
}

void launch_run(struct launch *launch, void *stack_top)
{
    const struct settings *settings = launch->settings;
    const bool groups = (settings->skip & SKIP_CGROUPS) == 0;
    siginfo_t status = {0};
    launch->failed_line = 0;
    if (groups) make_groups(launch);
    launch->root_tree = open_root(launch);
    mark(launch, STEP_ROOT_TREE);

    int pidfd = start(launch, stack_top);
    mark(launch, STEP_EXEC);
    close(launch->root_tree);
    if (SYS5(SYS_waitid, P_PIDFD, pidfd, &status, WEXITED, NULL) < 0) fail("cannot wait for", launch->name, errno);
    close(pidfd);
    mark(launch, STEP_EXIT);

    if (groups) remove_groups(launch);
    if (settings->overlay) remove_overlay(launch);
    mark(launch, STEP_CGROUP_RMDIR);
    if (launch->failed_line != 0) {
        fprintf(stderr, "floor: the child failed at line %d: %s\n", launch->failed_line,
                strerror(launch->failed_errno));
        exit(1);
    }
    if (status.si_status != 0 || status.si_code != CLD_EXITED) fail("the program failed in", launch->name, EPROTO);
}
