// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#include "creference.h"

static uint64_t mix(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t below(uint64_t *state, size_t bound) {
    return (size_t)(((unsigned __int128)mix(state) * bound) >> 64);
}

uint64_t cref_round_robin(const int64_t *slots, size_t endpoints, size_t count) {
    uint64_t sum = 0;
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (uint64_t)slots[next];
        next = next + 1 == endpoints ? 0 : next + 1;
        __asm__ volatile("" : "+r"(next) : : "memory");
    }
    return sum;
}

uint64_t cref_two_choices(const int64_t *slots, unsigned char *counters, size_t endpoints, size_t count) {
    uint64_t sum = 0, state = 1;
    for (size_t i = 0; i < count; i++) {
        size_t a = below(&state, endpoints), b = below(&state, endpoints - 1);
        if (b >= a) b++;
        int64_t x = __atomic_load_n((int64_t *)(counters + a * 256), __ATOMIC_RELAXED);
        int64_t y = __atomic_load_n((int64_t *)(counters + b * 256), __ATOMIC_RELAXED);
        sum += (uint64_t)slots[y < x ? b : a];
        __asm__ volatile("" : : : "memory");
    }
    return sum;
}

uint64_t cref_static_stride(const uint32_t *weights, const int64_t *slots, size_t endpoints, size_t count) {
    uint64_t sum = 0, generation = 0;
    size_t index = 0;
    for (size_t i = 0; i < count;) {
        size_t at = index;
        uint64_t weight = weights[at];
        uint64_t phase = (weight * (generation & 0xFFFFFFFFu) + at * 32767u) % 65535u;
        if (++index == endpoints) {
            index = 0;
            generation++;
        }
        if (phase >= 65535u - weight) {
            sum += (uint64_t)slots[at];
            i++;
            __asm__ volatile("" : : : "memory");
        }
    }
    return sum;
}

uint64_t cref_maglev(const int32_t *table, size_t size, size_t count) {
    uint64_t sum = 0, state = 1;
    for (size_t i = 0; i < count; i++) {
        sum += (uint64_t)table[mix(&state) % size];
        __asm__ volatile("" : : : "memory");
    }
    return sum;
}
