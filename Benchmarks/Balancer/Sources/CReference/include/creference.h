// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#ifndef CREFERENCE_H
#define CREFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The library's algorithms in plain C: the same generator, the same tables, the same counters 256 bytes apart.

typedef enum {
    CREF_ROUND_ROBIN,
    CREF_RANDOM,
    CREF_WEIGHTED_RANDOM,
    CREF_SMOOTH,
    CREF_EARLIEST_DEADLINE,
    CREF_STATIC_STRIDE,
    CREF_TWO_CHOICES,
    CREF_FULL_SCAN,
    CREF_RING,
    CREF_MAGLEV,
} cref_policy;

typedef struct cref_shared cref_shared;
typedef struct cref_picker cref_picker;

// Endpoints of weight 1 + i % 5, or all of weight 1; what all pickers share.
cref_shared *cref_shared_create(cref_policy policy, size_t endpoints, bool weighted);
void cref_shared_destroy(cref_shared *shared);
// What one thread alone changes.
cref_picker *cref_picker_create(const cref_shared *shared, uint64_t seed);
void cref_picker_destroy(cref_picker *picker);

// Chooses `count` times by the policy alone; returns a checksum.
uint64_t cref_choose(cref_picker *picker, size_t count);
// Chooses, counts in and counts out again `count` times.
uint64_t cref_place(cref_picker *picker, size_t count);

#endif
