// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#ifndef CREFERENCE_H
#define CREFERENCE_H

#include <stddef.h>
#include <stdint.h>

// The same algorithms in plain C: each call makes `count` picks and returns a checksum, so that nothing is optimised away.

// A table of slots that wraps around.
uint64_t cref_round_robin(const int64_t *slots, size_t endpoints, size_t count);
// Two random endpoints, the one with fewer requests in flight; counters lie 256 bytes apart, as in the library.
uint64_t cref_two_choices(const int64_t *slots, unsigned char *counters, size_t endpoints, size_t count);
// gRPC's static stride over weights scaled to 65,535.
uint64_t cref_static_stride(const uint32_t *weights, const int64_t *slots, size_t endpoints, size_t count);
// A look-up in Maglev's table.
uint64_t cref_maglev(const int32_t *table, size_t size, size_t count);

#endif
