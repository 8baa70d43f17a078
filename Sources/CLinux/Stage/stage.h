/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* What the parts of the stage share. All state is in the plan or on the stack: the program has no data of its own. */
#ifndef NESTBOX_STAGE_H
#define NESTBOX_STAGE_H

#include "../include/nestbox_plan.h"
#include "../include/nestbox_syscall.h"
#include "abi.h"

/* A mount that covers many paths: itself first, then clones of it, which the kernel makes only once it is attached. */
struct cover {
    int attached;
    long spare; /* a clone that a missing path left unused, or -1 */
};

struct stage {
    unsigned char *base;
    struct nestbox_plan_header *header;
    int32_t *slots;
    struct cover null, empty;
    int listener_socket, listener_state; /* where the filter's listener is sent, or -1 */
};

static inline const char *string_at(const struct stage *s, uint32_t offset)
{
    return offset ? (const char *)(s->base + offset) : "";
}

static inline int slot(const struct stage *s, int32_t index)
{
    return index < 0 ? AT_FDCWD : s->slots[index];
}

static inline unsigned long length_of(const char *text)
{
    unsigned long n = 0;
    while (text[n]) n++;
    return n;
}

/* Each answers 0 or a negative errno. */
long new_filesystem(struct stage *s, const struct nestbox_operation *op);
long clone_tree(struct stage *s, const struct nestbox_operation *op);
long mount_attributes(struct stage *s, const struct nestbox_operation *op);
long open_target(struct stage *s, const struct nestbox_operation *op);
long attach(struct stage *s, const struct nestbox_operation *op);
long change_root(struct stage *s, const struct nestbox_operation *op);
long join_mounts(struct stage *s, const struct nestbox_operation *op);
long enter_root(int directory);
long mask(struct stage *s, const struct nestbox_operation *op);
long read_only(struct stage *s, const struct nestbox_operation *op);

long loopback(void);
long write_kernel_value(struct stage *s, const struct nestbox_operation *op);
long oom_score(struct stage *s, const struct nestbox_operation *op);
long groups(struct stage *s, const struct nestbox_operation *op);
long bounding_set(const struct nestbox_operation *op);
long user(const struct nestbox_operation *op);
long capabilities(struct stage *s, const struct nestbox_operation *op);
long seccomp(struct stage *s, const struct nestbox_operation *op);

long time_offsets(struct stage *s, const struct nestbox_operation *op);
long new_keyring(struct stage *s, const struct nestbox_operation *op);

long make_node(struct stage *s, const struct nestbox_operation *op);
long expect_mount(struct stage *s, const struct nestbox_operation *op);
long expect_device(struct stage *s, const struct nestbox_operation *op);
long make_device(struct stage *s, const struct nestbox_operation *op);
long clone_child(struct stage *s, const struct nestbox_operation *op);
long find(struct stage *s, const struct nestbox_operation *op);
long hook(struct stage *s, const struct nestbox_operation *op);
void relocate(struct stage *s, uint64_t *vector);

/* A descriptor with bytes of a file, or with one byte where there is none (-1). */
long send_descriptor(int socket, long descriptor, int file);

long parent_death_signal(struct stage *s, const struct nestbox_operation *op);
long working_directory(struct stage *s, const struct nestbox_operation *op);
long gate(struct stage *s, const struct nestbox_operation *op);
long sibling(struct stage *s);
long open_terminal(struct stage *s, const struct nestbox_operation *op);
long control_terminal(struct stage *s, const struct nestbox_operation *op);
long descriptors(struct stage *s, const struct nestbox_operation *op);
long signals(const struct nestbox_operation *op);
long init(struct stage *s);
long execute(struct stage *s, const struct nestbox_operation *op);

#endif
