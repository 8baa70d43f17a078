/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* Extended attributes: calls that Swift's Glibc module leaves out. */
#ifndef NESTBOX_ATTRIBUTES_H
#define NESTBOX_ATTRIBUTES_H

#include <sys/xattr.h>

#endif
