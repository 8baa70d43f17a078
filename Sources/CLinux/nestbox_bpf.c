/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#define _GNU_SOURCE
#include "nestbox_bpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd command, union bpf_attr *attributes)
{
    long r = syscall(SYS_bpf, command, attributes, sizeof *attributes);
    return r < 0 ? -errno : (int)r;
}

/* The programs that are attached to the group itself; how many, or -errno. */
static int attached(int cgroup, uint32_t *programs, uint32_t room)
{
    union bpf_attr query;
    memset(&query, 0, sizeof query);
    query.query.target_fd = (uint32_t)cgroup;
    query.query.attach_type = BPF_CGROUP_DEVICE;
    query.query.prog_ids = (uint64_t)(uintptr_t)programs;
    query.query.prog_cnt = room;
    int r = bpf(BPF_PROG_QUERY, &query);
    return r < 0 ? r : (int)query.query.prog_cnt;
}

static void detach(int cgroup, uint32_t program)
{
    union bpf_attr by_number;
    memset(&by_number, 0, sizeof by_number);
    by_number.prog_id = program;
    int descriptor = bpf(BPF_PROG_GET_FD_BY_ID, &by_number);
    if (descriptor < 0) return;
    union bpf_attr detachment;
    memset(&detachment, 0, sizeof detachment);
    detachment.target_fd = (uint32_t)cgroup;
    detachment.attach_bpf_fd = (uint32_t)descriptor;
    detachment.attach_type = BPF_CGROUP_DEVICE;
    bpf(BPF_PROG_DETACH, &detachment);
    close(descriptor);
}

int nestbox_attach_device_program(int cgroup, const uint64_t *instructions, size_t count)
{
    uint32_t before[64];
    int old = attached(cgroup, before, 64);
    union bpf_attr load;
    memset(&load, 0, sizeof load);
    load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    load.insns = (uint64_t)(uintptr_t)instructions;
    load.insn_cnt = (uint32_t)count;
    load.license = (uint64_t)(uintptr_t)"Apache-2.0";
    int program = bpf(BPF_PROG_LOAD, &load);
    if (program < 0) return program;
    union bpf_attr attachment;
    memset(&attachment, 0, sizeof attachment);
    attachment.target_fd = (uint32_t)cgroup;
    attachment.attach_bpf_fd = (uint32_t)program;
    attachment.attach_type = BPF_CGROUP_DEVICE;
    attachment.attach_flags = BPF_F_ALLOW_MULTI;
    int r = bpf(BPF_PROG_ATTACH, &attachment);
    close(program);
    /* All that are attached have to agree, so until the old ones are gone both rules hold. */
    for (int i = 0; r >= 0 && i < old; i++) detach(cgroup, before[i]);
    return r < 0 ? r : 0;
}
