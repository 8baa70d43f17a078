// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

#include <stdbool.h>
#include <stdint.h>

// Whether allocations are counted: only with glibc, and not where a sanitizer brings its own allocator.
bool allocation_counter_works(void);
// How often the calling thread has asked for memory so far.
uint64_t allocation_counter_value(void);

#endif
