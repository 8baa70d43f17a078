// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#include "creference.h"

#include <stdlib.h>
#include <string.h>

enum { COUNTER_STRIDE = 256, MAGLEV_PLACES = 65537, MODULUS = 65535 };

// A request in flight, and one more ever picked above it.
static const uint64_t one = 1ull << 44 | 1, in_flight = 0xFFFFFF;

typedef struct { int64_t slot; unsigned char *counter; double weight; } candidate;
typedef struct { unsigned char *counter; uint64_t address; } target;
typedef struct { double threshold; int64_t alias; } column;
typedef struct { uint32_t slot, weight; } stride_entry;
typedef struct { uint64_t hash; int64_t slot; } point;
typedef struct { double deadline; uint64_t order; double period; int64_t slot; } turn;

struct cref_shared {
    cref_policy policy;
    size_t count;
    unsigned char *counters;
    int64_t *slots;
    target *targets;
    candidate *candidates;
    column *columns;
    stride_entry *strides;
    int32_t *places;
    point *points;
    size_t point_count;
    double total;
};

struct cref_picker {
    const cref_shared *shared;
    uint64_t state, keys, generation, order;
    size_t next;
    double *credits;
    turn *heap;
};

static inline uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline uint64_t draw(uint64_t *state) { return mix(*state += 0x9E3779B97F4A7C15u); }

static inline size_t below(uint64_t *state, size_t bound) {
    return (size_t)(((unsigned __int128)draw(state) * bound) >> 64);
}

static inline int64_t active(const unsigned char *counter) {
    return (int64_t)(__atomic_load_n((const uint64_t *)counter, __ATOMIC_RELAXED) & in_flight);
}

static inline int64_t round_robin(cref_picker *p) {
    size_t index = p->next;
    p->next = index + 1 == p->shared->count ? 0 : index + 1;
    return p->shared->slots[index];
}

static inline int64_t uniform(cref_picker *p) { return p->shared->slots[below(&p->state, p->shared->count)]; }

static inline int64_t weighted(cref_picker *p) {
    size_t index = below(&p->state, p->shared->count);
    column c = p->shared->columns[index];
    double unit = (double)(draw(&p->state) >> 11) * 0x1p-53;
    return p->shared->slots[unit < c.threshold ? index : (size_t)c.alias];
}

static inline int64_t smooth(cref_picker *p) {
    const cref_shared *s = p->shared;
    size_t best = 0;
    double most = -1e300;
    for (size_t i = 0; i < s->count; i++) {
        double credit = p->credits[i] += s->candidates[i].weight;
        if (credit > most) { most = credit; best = i; }
    }
    p->credits[best] = most - s->total;
    return s->candidates[best].slot;
}

static inline bool precedes(const turn *a, const turn *b) {
    return a->deadline < b->deadline || (a->deadline == b->deadline && a->order < b->order);
}

static void sift(turn *heap, size_t count, size_t hole) {
    turn moved = heap[hole];
    for (size_t child; (child = 2 * hole + 1) < count; hole = child) {
        if (child + 1 < count && precedes(&heap[child + 1], &heap[child])) child++;
        if (!precedes(&heap[child], &moved)) break;
        heap[hole] = heap[child];
    }
    heap[hole] = moved;
}

static inline int64_t earliest(cref_picker *p) {
    int64_t slot = p->heap[0].slot;
    p->heap[0].deadline += p->heap[0].period;
    p->heap[0].order = p->order++;
    sift(p->heap, p->shared->count, 0);
    return slot;
}

static inline int64_t stride(cref_picker *p) {
    const cref_shared *s = p->shared;
    size_t index = p->next;
    uint64_t generation = p->generation;
    for (;;) {
        size_t at = index;
        uint64_t weight = s->strides[at].weight;
        uint64_t phase = (weight * (generation & 0xFFFFFFFFu) + at * (MODULUS / 2)) % MODULUS;
        if (++index == s->count) { index = 0; generation++; }
        if (phase >= MODULUS - weight) {
            p->next = index;
            p->generation = generation;
            return s->strides[at].slot;
        }
    }
}

static inline int64_t two_choices(cref_picker *p) {
    const cref_shared *s = p->shared;
    size_t first = below(&p->state, s->count), second = below(&p->state, s->count - 1);
    if (second >= first) second++;
    candidate a = s->candidates[first], b = s->candidates[second];
    double left = (double)(active(a.counter) + 1), right = (double)(active(b.counter) + 1);
    return right * a.weight < left * b.weight ? b.slot : a.slot;
}

static inline int64_t full_scan(cref_picker *p) {
    const cref_shared *s = p->shared;
    size_t index = below(&p->state, s->count);
    int64_t best = s->candidates[index].slot;
    double least = 1e300;
    for (size_t i = 0; i < s->count; i++) {
        candidate c = s->candidates[index];
        double value = (double)(active(c.counter) + 1) / c.weight;
        if (value < least) { least = value; best = c.slot; }
        if (++index == s->count) index = 0;
    }
    return best;
}

static inline int64_t ring(cref_picker *p) {
    const cref_shared *s = p->shared;
    uint64_t key = draw(&p->keys);
    size_t low = 0, high = s->point_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->points[middle].hash < key) low = middle + 1; else high = middle;
    }
    return s->points[low == s->point_count ? 0 : low].slot;
}

static size_t places = MAGLEV_PLACES;

static inline int64_t maglev(cref_picker *p) { return p->shared->places[draw(&p->keys) % places]; }

// The loops: memory is as after a call into other code between any two picks.
#define CHOOSE(function)                                      \
    for (size_t i = 0; i < count; i++) {                      \
        sum += (uint64_t)function(p);                         \
        __asm__ volatile("" : : : "memory");                  \
    }                                                         \
    return sum

#define PLACE(function)                                                                            \
    for (size_t i = 0; i < count; i++) {                                                           \
        target chosen = p->shared->targets[function(p)];                                           \
        __atomic_fetch_add((uint64_t *)chosen.counter, one, __ATOMIC_RELAXED);                     \
        sum += chosen.address;                                                                     \
        __asm__ volatile("" : : : "memory");                                                       \
        __atomic_fetch_sub((uint64_t *)chosen.counter, 1, __ATOMIC_ACQ_REL);                       \
    }                                                                                              \
    return sum

#define DISPATCH(LOOP)                                     \
    uint64_t sum = 0;                                      \
    switch (p->shared->policy) {                           \
    case CREF_ROUND_ROBIN: LOOP(round_robin);              \
    case CREF_RANDOM: LOOP(uniform);                       \
    case CREF_WEIGHTED_RANDOM: LOOP(weighted);             \
    case CREF_SMOOTH: LOOP(smooth);                        \
    case CREF_EARLIEST_DEADLINE: LOOP(earliest);           \
    case CREF_STATIC_STRIDE: LOOP(stride);                 \
    case CREF_TWO_CHOICES: LOOP(two_choices);              \
    case CREF_FULL_SCAN: LOOP(full_scan);                  \
    case CREF_RING: LOOP(ring);                            \
    case CREF_MAGLEV: LOOP(maglev);                        \
    }                                                      \
    return sum

uint64_t cref_choose(cref_picker *p, size_t count) { DISPATCH(CHOOSE); }
uint64_t cref_place(cref_picker *p, size_t count) { DISPATCH(PLACE); }

static double weight_of(size_t i, bool is_weighted) { return is_weighted ? 1 + (double)(i % 5) : 1; }

static int by_hash(const void *a, const void *b) {
    uint64_t x = ((const point *)a)->hash, y = ((const point *)b)->hash;
    return x < y ? -1 : x > y;
}

static void fill_columns(cref_shared *s) {
    size_t *small = calloc(s->count, sizeof *small), *large = calloc(s->count, sizeof *large), n = 0, m = 0;
    for (size_t i = 0; i < s->count; i++) {
        s->columns[i] = (column){s->candidates[i].weight * (double)s->count / s->total, (int64_t)i};
        if (s->columns[i].threshold < 1) small[n++] = i; else large[m++] = i;
    }
    while (n > 0 && m > 0) {
        size_t poor = small[--n], rich = large[--m];
        s->columns[poor].alias = (int64_t)rich;
        s->columns[rich].threshold -= 1 - s->columns[poor].threshold;
        if (s->columns[rich].threshold < 1) small[n++] = rich; else large[m++] = rich;
    }
    free(small);
    free(large);
}

cref_shared *cref_shared_create(cref_policy policy, size_t endpoints, bool is_weighted) {
    cref_shared *s = calloc(1, sizeof *s);
    s->policy = policy;
    s->count = endpoints;
    if (posix_memalign((void **)&s->counters, 128, endpoints * COUNTER_STRIDE)) abort();
    memset(s->counters, 0, endpoints * COUNTER_STRIDE);
    s->slots = calloc(endpoints, sizeof *s->slots);
    s->targets = calloc(endpoints, sizeof *s->targets);
    s->candidates = calloc(endpoints, sizeof *s->candidates);
    s->columns = calloc(endpoints, sizeof *s->columns);
    s->strides = calloc(endpoints, sizeof *s->strides);
    for (size_t i = 0; i < endpoints; i++) {
        double weight = weight_of(i, is_weighted);
        s->slots[i] = (int64_t)i;
        s->targets[i] = (target){s->counters + i * COUNTER_STRIDE, i};
        s->candidates[i] = (candidate){(int64_t)i, s->counters + i * COUNTER_STRIDE, weight};
        s->strides[i] = (stride_entry){(uint32_t)i, (uint32_t)(weight / (is_weighted ? 5 : 1) * MODULUS + 0.5)};
        s->total += weight;
    }
    fill_columns(s);
    s->places = calloc(MAGLEV_PLACES, sizeof *s->places);
    for (size_t i = 0; i < MAGLEV_PLACES; i++) s->places[i] = (int32_t)(mix(i) % endpoints);
    s->point_count = endpoints > 1024 ? endpoints * 3 : 1024;
    s->points = calloc(s->point_count, sizeof *s->points);
    for (size_t i = 0; i < s->point_count; i++) s->points[i] = (point){mix(i + 1), (int64_t)(i % endpoints)};
    qsort(s->points, s->point_count, sizeof *s->points, by_hash);
    return s;
}

void cref_shared_destroy(cref_shared *s) {
    free(s->counters);
    free(s->slots);
    free(s->targets);
    free(s->candidates);
    free(s->columns);
    free(s->strides);
    free(s->places);
    free(s->points);
    free(s);
}

cref_picker *cref_picker_create(const cref_shared *shared, uint64_t seed) {
    cref_picker *p;
    if (posix_memalign((void **)&p, 128, 128)) abort();
    memset(p, 0, 128);
    p->shared = shared;
    p->state = mix(seed);
    p->keys = seed;
    p->next = below(&p->state, shared->count);
    p->order = shared->count;
    p->credits = calloc(shared->count, sizeof *p->credits);
    p->heap = calloc(shared->count, sizeof *p->heap);
    for (size_t i = 0; i < shared->count; i++) {
        double period = 1 / shared->candidates[i].weight;
        p->heap[i] = (turn){(double)(draw(&p->state) >> 11) * 0x1p-53 * period, i, period, (int64_t)i};
    }
    for (size_t i = shared->count / 2; i-- > 0;) sift(p->heap, shared->count, i);
    return p;
}

void cref_picker_destroy(cref_picker *p) {
    free(p->credits);
    free(p->heap);
    free(p);
}
