/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* Other namespaces, looked at and worked in. Swift sees neither variadic ioctl nor setns. */
#ifndef NESTBOX_NAMESPACE_H
#define NESTBOX_NAMESPACE_H

#include <stdint.h>

/* The kind of the namespace that a file stands for, a CLONE_NEW* flag; 0 if the file stands for none. */
uint64_t nestbox_namespace_kind(int file);

/*
 * Calls `body` in a mount or network namespace, on a thread of its own, and returns after it: the calling thread stays
 * where it is. 0, or -errno if the namespace can't be entered; `body` has not been called then.
 */
int nestbox_run_in_namespace(int file, uint64_t kind, void (*body)(void *), void *context);

#endif
