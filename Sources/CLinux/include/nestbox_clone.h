/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/*
 * The clone shim: from the host application to the stage.
 *
 * glibc has no clone3, and a child that shares its parent's memory may not run libc at all. Between clone and exec the
 * child makes inlined system calls only, on a stack of its own.
 */
#ifndef NESTBOX_CLONE_H
#define NESTBOX_CLONE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Where a launch failed before the stage ran. */
enum nestbox_clone_step {
    NESTBOX_CLONE_DONE = 0,
    NESTBOX_CLONE_CLONE = 1,
    NESTBOX_CLONE_USER_MAP = 2,
    NESTBOX_CLONE_GROUP_MAP = 3,
    NESTBOX_CLONE_BECOME_ROOT = 4,
    NESTBOX_CLONE_DESCRIPTORS = 5,
    NESTBOX_CLONE_EXECUTE_STAGE = 6,
};

struct nestbox_clone_request {
    uint64_t namespaces;       /* CLONE_NEW* */
    int cgroup;                /* directory of a v2 group to be born into, or -1 */
    int stage;                 /* memfd that holds the stage's program */
    int plan;                  /* memfd that holds the launch plan */
    size_t plan_size;
    int streams[3];            /* what become 0, 1 and 2; each is i itself or above 2 */
    const int *descriptors;    /* kept open for the stage, under their own numbers; each is above 2 */
    size_t descriptor_count;
    const char *user_map;      /* lines for uid_map and gid_map; NULL without CLONE_NEWUSER */
    const char *group_map;
    int denies_groups;         /* whether setgroups(2) is given up, as the kernel asks of an unprivileged group map */
    const char *user_mapper;   /* newuidmap and newgidmap, which write maps that this process may not; or NULL */
    const char *group_mapper;

    pid_t pid;                 /* results */
    int pidfd;
    enum nestbox_clone_step failed_step;
    int failed_errno;
};

/*
 * Clones, and returns when the child has executed the stage or failed to. 0, or -1 with failed_step and failed_errno
 * set and the child reaped. `stack` is memory that only this caller uses; all signals must be blocked.
 */
int nestbox_clone_stage(struct nestbox_clone_request *request, void *stack, size_t stack_size);

/*
 * A user namespace with these maps, kept by its descriptor alone; or -errno. `stack` is memory that only this caller
 * uses.
 */
int nestbox_user_namespace(const char *user_map, const char *group_map, void *stack, size_t stack_size);

#endif
