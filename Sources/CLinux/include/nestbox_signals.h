/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#ifndef NESTBOX_SIGNALS_H
#define NESTBOX_SIGNALS_H

#include <stddef.h>

/*
 * Makes a pipe that the number of each of these signals is written to, one byte, when it arrives, from then on. In C since
 * Swift's runtime may not be entered from a signal handler. The end to read from, or -errno.
 */
int nestbox_pass_signals(const int *numbers, size_t count);

/* Waits for signals on this thread, none blocked, until the process ends. */
_Noreturn void nestbox_wait_for_signals(void);

#endif
