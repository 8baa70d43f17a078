/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* The maps of a process's user namespace, written while that process waits for them. */
#ifndef NESTBOX_MAP_H
#define NESTBOX_MAP_H

#include <sys/types.h>

/* Writes to uid_map, gid_map or setgroups of a process. 0 or an errno. */
int nestbox_write_map(pid_t pid, const char *file, const char *text);

/*
 * Has newuidmap or newgidmap write a map: they have the rights for what /etc/subuid and /etc/subgid grant to this user.
 * 0 or an errno, EPERM where the program refuses.
 */
int nestbox_write_map_by(const char *program, pid_t pid, const char *text);

#endif
