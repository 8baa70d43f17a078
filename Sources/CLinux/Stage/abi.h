/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/*
 * The kernel's numbers and shapes that the stage uses, for both architectures.
 *
 * Written out, so that the stage's bytes depend on the compiler and this folder alone and not on installed headers.
 */
#ifndef NESTBOX_STAGE_ABI_H
#define NESTBOX_STAGE_ABI_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define NR_read 0
#define NR_write 1
#define NR_close 3
#define NR_mmap 9
#define NR_munmap 11
#define NR_rt_sigaction 13
#define NR_rt_sigprocmask 14
#define NR_ioctl 16
#define NR_getpid 39
#define NR_socket 41
#define NR_sendmsg 46
#define NR_fchown 93
#define NR_fstatfs 138
#define NR_openat 257
#define NR_personality 135
#define NR_faccessat 269
#define NR_sched_setaffinity 203
#define NR_lseek 8
#define NR_set_mempolicy 238
#define NR_keyctl 250
#define NR_ioprio_set 251
#define NR_fchownat 260
#define NR_fchmodat 268
#define NR_sched_setattr 314
#define NR_clone 56
#define NR_execve 59
#define NR_wait4 61
#define NR_kill 62
#define NR_fcntl 72
#define NR_getcwd 79
#define NR_chdir 80
#define NR_fchdir 81
#define NR_umask 95
#define NR_statx 332
#define NR_unlinkat 263
#define NR_setsid 112
#define NR_setgroups 116
#define NR_setresuid 117
#define NR_setresgid 119
#define NR_capset 126
#define NR_rt_sigtimedwait 128
#define NR_pivot_root 155
#define NR_prctl 157
#define NR_chroot 161
#define NR_umount2 166
#define NR_sethostname 170
#define NR_setdomainname 171
#define NR_exit_group 231
#define NR_mkdirat 258
#define NR_mknodat 259
#define NR_symlinkat 266
#define NR_ppoll 271
#define NR_unshare 272
#define NR_dup3 292
#define NR_pipe2 293
#define NR_prlimit64 302
#define NR_setns 308
#define NR_seccomp 317
#define O_DIRECTORY 0200000
#elif defined(__aarch64__)
#define NR_dup3 24
#define NR_fcntl 25
#define NR_ioctl 29
#define NR_mknodat 33
#define NR_mkdirat 34
#define NR_symlinkat 36
#define NR_umount2 39
#define NR_pivot_root 41
#define NR_chdir 49
#define NR_fchdir 50
#define NR_chroot 51
#define NR_getcwd 17
#define NR_close 57
#define NR_pipe2 59
#define NR_read 63
#define NR_write 64
#define NR_ppoll 73
#define NR_capset 91
#define NR_exit_group 94
#define NR_unshare 97
#define NR_kill 129
#define NR_rt_sigaction 134
#define NR_rt_sigprocmask 135
#define NR_rt_sigtimedwait 137
#define NR_setresuid 147
#define NR_setresgid 149
#define NR_setsid 157
#define NR_setgroups 159
#define NR_sethostname 161
#define NR_setdomainname 162
#define NR_umask 166
#define NR_statx 291
#define NR_unlinkat 35
#define NR_prctl 167
#define NR_getpid 172
#define NR_faccessat 48
#define NR_fchmodat 53
#define NR_fchownat 54
#define NR_lseek 62
#define NR_ioprio_set 30
#define NR_personality 92
#define NR_sched_setaffinity 122
#define NR_sched_setattr 274
#define NR_keyctl 219
#define NR_set_mempolicy 237
#define NR_socket 198
#define NR_openat 56
#define NR_fchown 55
#define NR_fstatfs 44
#define NR_sendmsg 211
#define NR_munmap 215
#define NR_clone 220
#define NR_execve 221
#define NR_mmap 222
#define NR_wait4 260
#define NR_prlimit64 261
#define NR_setns 268
#define NR_seccomp 277
#define O_DIRECTORY 040000
#endif

/* The same on both since Linux 5.2. */
#define NR_pidfd_open 434
#define NR_open_tree 428
#define NR_move_mount 429
#define NR_fsopen 430
#define NR_fsconfig 431
#define NR_fsmount 432
#define NR_close_range 436
#define NR_openat2 437
#define NR_mount_setattr 442

#define AT_FDCWD (-100)
#define AT_EMPTY_PATH 0x1000
#define AT_RECURSIVE 0x8000
#define O_WRONLY 1
#define O_RDWR 2
#define O_NOCTTY 0400
#define O_CLOEXEC 02000000
#define O_PATH 010000000
#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFIFO 0010000
#define STATX_BASIC_STATS 0x7ff
#define STATX_ATTR_MOUNT_ROOT 0x2000

#define RESOLVE_NO_XDEV 0x01
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_NO_SYMLINKS 0x04
#define RESOLVE_BENEATH 0x08
#define RESOLVE_IN_ROOT 0x10

#define OPEN_TREE_CLONE 1
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#define AT_SYMLINK_NOFOLLOW 0x100
#define MOVE_MOUNT_F_EMPTY_PATH 0x04
#define MOVE_MOUNT_T_EMPTY_PATH 0x40
#define FSOPEN_CLOEXEC 1
#define FSMOUNT_CLOEXEC 1
#define FSCONFIG_SET_FLAG 0
#define FSCONFIG_SET_STRING 1
#define FSCONFIG_CMD_CREATE 6
#define MOUNT_ATTR_RDONLY 1
#define MNT_DETACH 2

#define CLOSE_RANGE_CLOEXEC 4
#define F_DUPFD 0

#define PR_SET_PDEATHSIG 1
#define PR_SET_DUMPABLE 4
#define PR_SET_KEEPCAPS 8
#define PR_SET_NAME 15
#define PR_CAPBSET_READ 23
#define PR_CAPBSET_DROP 24
#define PR_SET_NO_NEW_PRIVS 38
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_RAISE 2
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#define SECCOMP_SET_MODE_FILTER 1
#define LINUX_CAPABILITY_VERSION_3 0x20080522

#define AF_INET 2
#define SOCK_DGRAM 2
#define SOCK_CLOEXEC O_CLOEXEC
#define SIOCSIFFLAGS 0x8914
#define IFF_UP 1
#define IFF_RUNNING 0x40

#define IOPRIO_WHO_PROCESS 1
#define KEYCTL_JOIN_SESSION_KEYRING 1
#define CLONE_NEWTIME 0x80
#define CLONE_NEWNS 0x20000
#define X_OK 1
#define POLLIN 1
#define SECCOMP_FILTER_FLAG_NEW_LISTENER 8
#define EAGAIN 11
#define ENOSYS 38
#define ETIMEDOUT 110
#define EDQUOT 122
#define ECANCELED 125

#define TIOCSCTTY 0x540e
#define TIOCSWINSZ 0x5414
#define TIOCSPTLCK 0x40045431
#define TIOCGPTPEER 0x5441
#define DEVPTS_SUPER_MAGIC 0x1cd1
#define SOL_SOCKET 1
#define SCM_RIGHTS 1
#define CLONE_PARENT 0x8000
#define CLONE_PARENT_SETTID 0x100000

#define SIG_SETMASK 2
#define SIGCHLD 17
#define SIGKILL 9
#define WNOHANG 1
#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_SHARED 1
#define POLLERR 8

#define EPERM 1
#define ENOENT 2
#define EINTR 4
#define ENOEXEC 8
#define EACCES 13
#define EEXIST 17
#define EXDEV 18
#define ENOTDIR 20
#define EINVAL 22
#define ENOTTY 25
#define ELOOP 40

struct open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

struct statx {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, user, group;
    uint16_t mode, padding;
    uint64_t inode, size, blocks, attributes_mask;
    uint64_t times[8];
    uint32_t device_major, device_minor, filesystem_major, filesystem_minor;
    uint64_t rest[14];
};

struct mount_attr {
    uint64_t attr_set;
    uint64_t attr_clr;
    uint64_t propagation;
    uint64_t userns_fd;
};

struct sock_fprog {
    uint16_t len;
    const void *filter;
};

/* The kernel's, not libc's: all zero means the default action on either architecture. */
struct kernel_sigaction {
    uint64_t handler, flags, restorer, mask;
};

struct iovec {
    const void *base;
    size_t length;
};

struct msghdr {
    void *name;
    uint32_t name_length;
    struct iovec *parts;
    size_t part_count;
    void *control;
    size_t control_length;
    uint32_t flags;
};

/* One descriptor as ancillary data. */
struct descriptor_message {
    size_t length;
    int32_t level, type;
    int32_t descriptor, padding;
};

struct pollfd {
    int32_t fd;
    int16_t events;
    int16_t revents;
};

#endif
