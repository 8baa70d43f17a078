// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#ifndef FLOOR_MOUNTS_H
#define FLOOR_MOUNTS_H

#include "floor.h"

/// A mount option; a list of them ends with an empty one.
struct mount_option {
    const char *key, *value;
};

/// Ends the child when `result` is a negative errno, leaving the line and the errno to the parent.
long check(struct launch *launch, long result, int line);
#define CHECK(call) check(launch, (call), __LINE__)

/// A new file system of `type`, detached.
long mount_make(struct launch *launch, const char *type, const struct mount_option *options, uint64_t attributes);

/// The same, attached at `target`, relative to the working directory; the result is its open root.
long mount_new(struct launch *launch, const char *type, const struct mount_option *options, uint64_t attributes,
               const char *target);

/// Binds the single file or directory `source` at `target`.
void mount_clone(struct launch *launch, const char *source, const char *target);

/// The same, with the whole tree under `source`, further attributes, and nothing done if `target` does not exist.
void mount_clone_if_there(struct launch *launch, const char *source, const char *target, uint64_t attributes);
void mount_new_if_there(struct launch *launch, const char *type, uint64_t attributes, const char *target);

#endif
