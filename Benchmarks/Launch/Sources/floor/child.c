// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// The container's side: what has to happen between clone and execve, with as few system calls as the
// mount API allows. It runs on the parent's memory, so nothing of libc is called but `now`.

#define _GNU_SOURCE
#include "floor.h"
#include "mounts.h"
#include "system.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DETACH 2

/// CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD
/// AUDIT_WRITE SETFCAP: what Docker leaves a container.
static const uint64_t kept_capabilities = 0xa80425fb;

static const struct { const char *name, *host, *target; uint8_t major, minor; } nodes[] = {
    {"null", "/dev/null", "dev/null", 1, 3},       {"zero", "/dev/zero", "dev/zero", 1, 5},
    {"full", "/dev/full", "dev/full", 1, 7},       {"random", "/dev/random", "dev/random", 1, 8},
    {"urandom", "/dev/urandom", "dev/urandom", 1, 9}, {"tty", "/dev/tty", "dev/tty", 5, 0},
};

static const struct { const char *to, *at; } links[] = {
    {"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"}, {"/proc/self/fd/1", "stdout"},
    {"/proc/self/fd/2", "stderr"}, {"/proc/kcore", "core"}, {"pts/ptmx", "ptmx"},
};

static const char *const masked_files[] = {
    "proc/interrupts", "proc/kcore", "proc/keys", "proc/latency_stats", "proc/timer_list", "proc/timer_stats",
    "proc/sched_debug",
};
static const char *const masked_directories[] = {
    "proc/asound", "proc/acpi", "proc/scsi", "sys/firmware", "sys/devices/virtual/powercap",
};
static const char *const read_only_paths[] = {
    "proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool wants(const struct launch *launch, enum skip part)
{
    return (launch->settings->skip & part) == 0;
}

static void join_groups(struct launch *launch)
{
    for (int i = 0; i < launch->settings->groups; i++)
        if (launch->join[i] >= 0) CHECK(SYS3(SYS_write, launch->join[i], "0", 1));
    mark(launch, STEP_JOIN);
    if (wants(launch, SKIP_CGROUP_NAMESPACE)) CHECK(SYS1(SYS_unshare, CLONE_NEWCGROUP));
    mark(launch, STEP_UNSHARE_CGROUP);
}

static void bring_loopback_up(struct launch *launch)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    long descriptor = CHECK(SYS3(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    CHECK(SYS3(SYS_ioctl, descriptor, SIOCSIFFLAGS, &request));
}

static void attach_root(struct launch *launch)
{
    struct mount_attr private = {.propagation = MS_PRIVATE};
    CHECK(SYS5(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &private, sizeof(private)));
    mark(launch, STEP_PRIVATE);
    CHECK(SYS5(SYS_move_mount, launch->root_tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
    CHECK(SYS1(SYS_fchdir, launch->root_tree));
    mark(launch, STEP_ATTACH_ROOT);
}

static void fill_dev(struct launch *launch)
{
    const struct mount_option options[] = {{"mode", "755"}, {"size", "65536k"}, {0}};
    long dev = mount_new(launch, "tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME, "dev");
    CHECK(SYS3(SYS_mkdirat, dev, "pts", 0755));
    CHECK(SYS3(SYS_mkdirat, dev, "shm", 01777));
    CHECK(SYS3(SYS_mkdirat, dev, "mqueue", 0755));
    mark(launch, STEP_DEV);
    for (size_t i = 0; i < COUNT(nodes) && wants(launch, SKIP_DEVICES); i++) {
        if (launch->settings->make_nodes) {
            CHECK(SYS4(SYS_mknodat, dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)));
        } else {
            CHECK(SYS4(SYS_mknodat, dev, nodes[i].name, S_IFREG, 0));
            mount_clone(launch, nodes[i].host, nodes[i].target);
        }
    }
    mark(launch, STEP_DEV_NODES);
    for (size_t i = 0; i < COUNT(links); i++) CHECK(SYS3(SYS_symlinkat, links[i].to, dev, links[i].at));
    mark(launch, STEP_DEV_LINKS);
}

static void mount_below_dev(struct launch *launch)
{
    const struct mount_option pts[] = {{"ptmxmode", "0666"}, {"mode", "0620"}, {"gid", "5"}, {0}};
    const struct mount_option shm[] = {{"mode", "1777"}, {"size", "65536k"}, {0}};
    const uint64_t flags = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    if (wants(launch, SKIP_DEVPTS)) mount_new(launch, "devpts", pts, flags, "dev/pts");
    mark(launch, STEP_DEVPTS);
    if (wants(launch, SKIP_SHM)) mount_new(launch, "tmpfs", shm, flags | MOUNT_ATTR_NODEV, "dev/shm");
    mark(launch, STEP_SHM);
    if (wants(launch, SKIP_MQUEUE)) mount_new(launch, "mqueue", NULL, flags | MOUNT_ATTR_NODEV, "dev/mqueue");
    mark(launch, STEP_MQUEUE);
}

static void mount_groups(struct launch *launch)
{
    const struct mount_option options[] = {{"mode", "755"}, {0}};
    struct mount_attr read_only = {
        .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
    };
    long top = mount_new(launch, "tmpfs", options, 0, "sys/fs/cgroup");
    for (int i = 0; i < launch->settings->groups; i++) {
        const char *name = launch->settings->group_names[i];
        CHECK(SYS3(SYS_mkdirat, top, name, 0755));
        CHECK(SYS5(SYS_move_mount, launch->group_trees[i], "", top, name, MOVE_MOUNT_F_EMPTY_PATH));
    }
    CHECK(SYS5(SYS_mount_setattr, top, "", AT_EMPTY_PATH | AT_RECURSIVE, &read_only, sizeof(read_only)));
}

static void mask_paths(struct launch *launch)
{
    for (size_t i = 0; i < COUNT(masked_files); i++) mount_clone_if_there(launch, "dev/null", masked_files[i], 0);
    for (size_t i = 0; i < COUNT(masked_directories); i++)
        mount_new_if_there(launch, "tmpfs", MOUNT_ATTR_RDONLY, masked_directories[i]);
    mark(launch, STEP_MASKS);
    for (size_t i = 0; i < COUNT(read_only_paths); i++)
        mount_clone_if_there(launch, read_only_paths[i], read_only_paths[i], MOUNT_ATTR_RDONLY);
    mark(launch, STEP_READ_ONLY);
}

static void mount_all(struct launch *launch)
{
    const uint64_t strict = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    if (wants(launch, SKIP_PROC)) mount_new(launch, "proc", NULL, strict, "proc");
    mark(launch, STEP_PROC);
    if (wants(launch, SKIP_SYSFS)) mount_new(launch, "sysfs", NULL, strict | MOUNT_ATTR_RDONLY, "sys");
    mark(launch, STEP_SYSFS);
    fill_dev(launch);
    mount_below_dev(launch);
    if (wants(launch, SKIP_CGROUPS) && wants(launch, SKIP_CGROUP_MOUNT)) mount_groups(launch);
    mark(launch, STEP_CGROUP_MOUNT);
    if (wants(launch, SKIP_MASKS)) mask_paths(launch);
}

static void switch_root(struct launch *launch)
{
    CHECK(SYS2(SYS_pivot_root, ".", "."));
    mark(launch, STEP_PIVOT);
    if (wants(launch, SKIP_UMOUNT)) CHECK(SYS2(SYS_umount2, ".", DETACH));
    CHECK(SYS1(SYS_chdir, "/"));
    mark(launch, STEP_UMOUNT);
}

static void take_identity(struct launch *launch)
{
    CHECK(SYS2(SYS_sethostname, "bench", 5));
    for (int descriptor = 0; descriptor < 3; descriptor++)
        CHECK(SYS3(SYS_dup3, launch->settings->null, descriptor, 0));
    CHECK(SYS1(SYS_setsid, 0));
    CHECK(SYS2(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL));
    SYS1(SYS_umask, 022);
    CHECK(SYS2(SYS_setgroups, 0, NULL));
    CHECK(SYS3(SYS_setresgid, 0, 0, 0));
    CHECK(SYS3(SYS_setresuid, 0, 0, 0));
    mark(launch, STEP_IDENTITY);
}

static void drop_privileges(struct launch *launch)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const uint32_t kept = (uint32_t)kept_capabilities;
    struct __user_cap_data_struct sets[2] = {{.effective = kept, .permitted = kept}};
    for (int i = 0; i <= CAP_LAST_CAP && wants(launch, SKIP_CAPABILITIES); i++)
        if ((kept_capabilities >> i & 1) == 0) CHECK(SYS2(SYS_prctl, PR_CAPBSET_DROP, i));
    CHECK(SYS2(SYS_capset, &header, sets));
    CHECK(SYS5(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    mark(launch, STEP_CAPABILITIES);
    if (launch->settings->seccomp.len > 0 && wants(launch, SKIP_SECCOMP))
        CHECK(SYS3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &launch->settings->seccomp));
    mark(launch, STEP_SECCOMP);
}

void child_main(void *argument)
{
    struct launch *launch = argument;
    static const char *const arguments[] = {"/bin/true", NULL};
    static const char *const environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL,
    };

    mark(launch, STEP_CLONE);
    if (wants(launch, SKIP_CGROUPS)) join_groups(launch);
    if (wants(launch, SKIP_NETWORK) && wants(launch, SKIP_LOOPBACK)) bring_loopback_up(launch);
    mark(launch, STEP_LOOPBACK);
    attach_root(launch);
    if (wants(launch, SKIP_MOUNTS)) mount_all(launch);
    switch_root(launch);
    take_identity(launch);
    drop_privileges(launch);
    CHECK(SYS3(SYS_execve, arguments[0], arguments, environment));
}
