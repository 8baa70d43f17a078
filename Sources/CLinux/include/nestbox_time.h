/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/*
 * The members of timespec as values. Swift counts the structure to whichever module it has read first, and hides its
 * members where that module is not imported.
 */
#ifndef NESTBOX_TIME_H
#define NESTBOX_TIME_H

#include <time.h>

static inline struct timespec nestbox_time(long seconds, long nanoseconds)
{
    struct timespec time = {.tv_sec = seconds, .tv_nsec = nanoseconds};
    return time;
}

static inline long nestbox_time_seconds(struct timespec time) { return time.tv_sec; }

static inline long nestbox_time_nanoseconds(struct timespec time) { return time.tv_nsec; }

#endif
