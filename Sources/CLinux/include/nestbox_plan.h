/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/*
 * The launch plan: what Swift compiles and the stage executes.
 *
 * One flat piece of memory (a memfd): header, slots, operations, data. All references are offsets from its start.
 * The host writes it before the clone; the stage writes only the fields marked "report". Whatever the host reads back
 * is treated as hostile, because the stage ends its life inside the container.
 */
#ifndef NESTBOX_PLAN_H
#define NESTBOX_PLAN_H

#include <stdint.h>

#define NESTBOX_PLAN_MAGIC 0x7462786eu /* "nxbt" */
#define NESTBOX_PLAN_VERSION 2u
#define NESTBOX_PLAN_DETAIL 192

/* What the stage reports in `state`. */
enum nestbox_stage_state {
    NESTBOX_STAGE_STARTING = 0,
    NESTBOX_STAGE_WAITING = 1,
    NESTBOX_STAGE_EXECUTING = 2,
    NESTBOX_STAGE_FAILED = 3,
};

struct nestbox_plan_header {
    uint32_t magic;
    uint32_t version;
    uint32_t size;
    uint32_t slot_count;
    uint32_t slots;           /* offset of int32_t[slot_count]: descriptors, -1 where empty */
    uint32_t operation_count;
    uint32_t operations;      /* offset of struct nestbox_operation[operation_count] */
    int32_t status_slot;      /* slot of the pipe that tells the host of progress: one byte when waiting, end at exec */
    int32_t fault_index;      /* operation that has to fail, or -1: for tests */
    int32_t fault_errno;
    /* report */
    uint32_t state;
    uint32_t failed_index;
    int32_t failed_errno;
    int32_t sibling;          /* the number of the process that SIBLING made, as the host application counts */
    char detail[NESTBOX_PLAN_DETAIL]; /* the kernel's own words, where it gave any */
};

/* The operations. The comment names the fields used; see `struct nestbox_operation`. */
enum nestbox_operation_kind {
    NESTBOX_PARENT_DEATH_SIGNAL = 1, /* number=signal */
    NESTBOX_NEW_SESSION = 2,
    NESTBOX_JOIN_CGROUP = 3,         /* source=slot of a tasks or cgroup.procs file */
    NESTBOX_SET_NAMESPACE = 4,       /* source=slot, value=CLONE_NEW* */
    NESTBOX_UNSHARE = 5,             /* value=CLONE_NEW* */
    NESTBOX_PROPAGATION = 6,         /* value=MS_PRIVATE, MS_SLAVE, ...: of everything below "/" */
    NESTBOX_NEW_FILESYSTEM = 7,      /* text=type, data/length=options, value=mount attributes, result=slot */
    NESTBOX_CLONE_TREE = 8,          /* source=slot of what is cloned itself, or none: path on the host; flags RECURSIVE,
                                        result=slot */
    NESTBOX_MOUNT_ATTRIBUTES = 9,    /* source=slot, value=set, value2=clear, number=propagation, flags RECURSIVE */
    NESTBOX_OPEN_TARGET = 10,        /* source=root slot, path, flags MAKE_*, result=slot */
    NESTBOX_ATTACH = 11,             /* source=mount slot, target=directory slot, path (empty: onto the slot itself) */
    NESTBOX_CHANGE_ROOT = 12,        /* source=mount slot */
    NESTBOX_MAKE_DIRECTORY = 13,     /* target=slot, path, number=mode */
    NESTBOX_MAKE_FILE = 14,          /* target=slot, path, number=mode */
    NESTBOX_MAKE_LINK = 15,          /* target=slot, path, text=what it points at */
    NESTBOX_MASK = 16,               /* target=slot, path, source=slot of a null device, result=slot of an empty mount */
    NESTBOX_READ_ONLY = 17,          /* target=slot, path */
    NESTBOX_HOST_NAME = 18,          /* text, length */
    NESTBOX_DOMAIN_NAME = 19,        /* text, length */
    NESTBOX_LOOPBACK = 20,
    NESTBOX_WRITE_KERNEL_VALUE = 21, /* target=slot of procfs, path, text, length */
    NESTBOX_OOM_SCORE = 22,          /* target=slot of procfs, text, length */
    NESTBOX_RESOURCE_LIMIT = 23,     /* number=resource, value=soft, value2=hard */
    NESTBOX_FILE_MODE_MASK = 24,     /* number */
    NESTBOX_GROUPS = 25,             /* number=gid, data/length=supplementary uint32_t[] */
    NESTBOX_BOUNDING_SET = 26,       /* value=kept, number=last capability of the kernel */
    NESTBOX_USER = 27,               /* number=uid */
    NESTBOX_CAPABILITIES = 28,       /* data=uint64_t[4]: effective, permitted, inheritable, ambient */
    NESTBOX_NO_NEW_PRIVILEGES = 29,
    NESTBOX_WORKING_DIRECTORY = 30,  /* path */
    NESTBOX_GATE = 31,               /* source=slot of an eventfd */
    NESTBOX_SECCOMP = 32,            /* data/length=struct sock_filter[], value=flags */
    NESTBOX_DESCRIPTORS = 33,        /* data/length=int32_t[]: slots that become 3, 4, ... */
    NESTBOX_SIGNALS = 34,            /* value=bit n-1 for each signal n that is ignored: to its default; none blocked */
    NESTBOX_INIT = 35,
    NESTBOX_EXECUTE = 36,            /* data=candidate paths, value=argv, value2=envp: zero-terminated uint64_t[] */
    NESTBOX_NOT_DUMPABLE = 37,
    NESTBOX_CLOSE = 38,              /* source=slot */
    NESTBOX_SIBLING = 39,            /* a child of the host application goes on with the plan; this process ends */
    NESTBOX_OPEN_TERMINAL = 40,      /* source=slot of a socket, target=slot of a devpts or none: the container's own,
                                        number=rows << 16 | columns, value=owner, result=slot of the program's end */
    NESTBOX_CONTROL_TERMINAL = 41,   /* source=slot of the program's end: becomes 0, 1, 2 and the session's terminal */
    NESTBOX_MAKE_NODE = 42,          /* target=slot, path, number=type and mode, value=device, value2=user << 32 | group */
    NESTBOX_CLONE_CHILD = 43,        /* target=slot, path, result=slot: what is mounted or stands there, cloned */
    NESTBOX_TIME_OFFSETS = 44,       /* target=slot of procfs, text, length: of the time namespace, which is entered */
    NESTBOX_PERSONALITY = 45,        /* number */
    NESTBOX_SCHEDULER = 46,          /* data=struct sched_attr */
    NESTBOX_IO_PRIORITY = 47,        /* number */
    NESTBOX_AFFINITY = 48,           /* data/length=mask */
    NESTBOX_MEMORY_POLICY = 49,      /* number=mode and flags, data/length=mask of nodes */
    NESTBOX_NEW_KEYRING = 50,        /* text=name */
    NESTBOX_FIND = 51,               /* data=candidate paths, as EXECUTE */
    NESTBOX_HOOK = 52,               /* source=slot of the state, text=program, value=argv, value2=envp,
                                        number=seconds it may take, 0: as many as it likes */
    NESTBOX_TELL_LISTENER = 53,      /* source=slot of a socket, target=slot of the state: what SECCOMP's listener is
                                        sent to, with the state, when that filter is loaded */
    NESTBOX_JOIN_MOUNTS = 54,        /* source=slot of a mount namespace, result=slot: the root so far with all that is
                                        mounted in it, cloned and entered there; none: the namespace's own root */
    NESTBOX_ENTER_ROOT = 55,         /* source=slot of a directory */
    NESTBOX_EXPECT_MOUNT = 56,       /* source=slot: something has to be mounted right there */
    NESTBOX_EXPECT_DEVICE = 57,      /* source=slot, number=type, value=device: it has to be that; flags EMPTY_FILE */
    NESTBOX_MAKE_DEVICE = 58,        /* source=root slot, path, number=type and mode, value=device,
                                        value2=user << 32 | group, flags KEEP_MODE, result=slot */
};

enum nestbox_operation_flags {
    NESTBOX_RECURSIVE = 1u << 0,
    NESTBOX_MAKE_TARGET_DIRECTORY = 1u << 1,
    NESTBOX_MAKE_TARGET_FILE = 1u << 2,
    NESTBOX_FOLLOW_LINK = 1u << 3,      /* the target's last component may be a link (resolved inside the root) */
    NESTBOX_NULL_IS_ATTACHED = 1u << 5, /* MASK: the null device is one of the container's own nodes */
    NESTBOX_LIKELY_DIRECTORY = 1u << 6, /* MASK: what to try first */
    NESTBOX_KEEP_GROUPS = 1u << 7,      /* GROUPS: supplementary ones can't be set in this user namespace */
    NESTBOX_EMPTY_FILE = 1u << 8,       /* EXPECT_DEVICE: or a file that was made to mount one onto */
    NESTBOX_KEEP_MODE = 1u << 9,        /* MAKE_DEVICE: a node that is there already keeps its mode and owner */
    NESTBOX_PATH_OF_IMAGE = 1u << 4,  /* MASK, READ_ONLY: the path is the image's, not one of our own filesystems' */
};

struct nestbox_operation {
    uint16_t kind;
    uint16_t flags;
    int32_t source;
    int32_t target;
    int32_t result;
    int64_t number;
    uint64_t value;
    uint64_t value2;
    uint32_t path;   /* offset of a string, 0: none */
    uint32_t text;   /* offset of a string, 0: none */
    uint32_t data;   /* offset */
    uint32_t length; /* bytes of text or data */
};

#endif
