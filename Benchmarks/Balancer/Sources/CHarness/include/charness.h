// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#ifndef CHARNESS_H
#define CHARNESS_H

#include <stdint.h>

// How often this program has asked for memory so far, in all threads.
uint64_t harness_allocations(void);
// Nanoseconds of the monotonic clock.
uint64_t harness_now(void);
// Runs `body` on so many threads at once, which begin together, and waits for all.
void harness_parallel(int threads, void (*body)(void *context, int thread), void *context);

// Under callgrind: counts instructions from begin to end, and writes them with a label. Else nothing.
void harness_count_begin(void);
void harness_count_end(const char *label);

#endif
