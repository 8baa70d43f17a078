// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The two files that tell a process's cgroup layout, as machines of different kinds have them; lines that have nothing
/// to do with cgroups are cut down to those that could be mistaken.
struct RecordedLayout {
    var mountInfo: String
    var processCgroup: String

    /// systemd with `systemd.unified_cgroup_hierarchy=0` and `legacy_systemd_cgroup_controller=1`: v1 only.
    static let systemdLegacy = RecordedLayout(
        mountInfo: """
            24 30 0:22 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw
            25 30 0:23 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
            30 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
            31 25 0:27 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
            32 31 0:28 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:10 - cgroup cgroup rw,xattr,name=systemd
            35 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:14 - cgroup cgroup rw,cpu,cpuacct
            36 31 0:32 / /sys/fs/cgroup/freezer rw,nosuid,nodev,noexec,relatime shared:15 - cgroup cgroup rw,freezer
            37 31 0:33 / /sys/fs/cgroup/memory rw,nosuid,nodev,noexec,relatime shared:16 - cgroup cgroup rw,memory
            38 31 0:34 / /sys/fs/cgroup/pids rw,nosuid,nodev,noexec,relatime shared:17 - cgroup cgroup rw,pids
            39 31 0:35 / /sys/fs/cgroup/cpuset rw,nosuid,nodev,noexec,relatime shared:18 - cgroup cgroup rw,cpuset
            """,
        processCgroup: """
            12:pids:/user.slice/user-1000.slice/session-2.scope
            9:memory:/user.slice/user-1000.slice/session-2.scope
            6:freezer:/
            5:cpuset:/
            3:cpu,cpuacct:/user.slice
            1:name=systemd:/user.slice/user-1000.slice/session-2.scope
            """
    )

    /// systemd hybrid: the same with a v2 hierarchy for systemd itself.
    static let systemdHybrid = RecordedLayout(
        mountInfo: systemdLegacy.mountInfo + """

            33 31 0:29 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime shared:11 - cgroup2 cgroup2 rw,nsdelegate
            """,
        processCgroup: systemdLegacy.processCgroup + "\n0::/user.slice/user-1000.slice/session-2.scope\n"
    )

    /// A current distribution: v2 only.
    static let unified = RecordedLayout(
        mountInfo: """
            26 31 0:24 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
            31 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
            34 26 0:29 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
            """,
        processCgroup: "0::/system.slice/my\\x2dserver.service\n"
    )

    /// Within a Docker container on v1, without a cgroup namespace: bind mounts of the container's own groups, read-only.
    static let dockerLegacy = RecordedLayout(
        mountInfo: """
            700 600 0:50 / / rw,relatime master:300 - overlay overlay rw,lowerdir=/a:/b,upperdir=/c,workdir=/d
            710 700 0:60 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro
            711 710 0:61 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,mode=755
            712 711 0:28 /docker/4f1c /sys/fs/cgroup/systemd ro,nosuid,nodev,noexec,relatime master:11 - cgroup cgroup rw,xattr,name=systemd
            713 711 0:33 /docker/4f1c /sys/fs/cgroup/memory ro,nosuid,nodev,noexec,relatime master:17 - cgroup cgroup rw,memory
            714 711 0:31 /docker/4f1c /sys/fs/cgroup/cpu,cpuacct ro,nosuid,nodev,noexec,relatime master:15 - cgroup cgroup rw,cpu,cpuacct
            """,
        processCgroup: """
            9:memory:/docker/4f1c
            3:cpu,cpuacct:/docker/4f1c/init
            1:name=systemd:/docker/4f1c
            0::/system.slice/containerd.service
            """
    )

    /// The machine this was first written on: cpu and cpuacct apart, a v2 hierarchy without the common controllers, and
    /// a process that has a memory group of its own.
    static let separateControllers = RecordedLayout(
        mountInfo: """
            23 27 0:22 / /sys rw,relatime - sysfs sysfs rw
            27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard,resv_strict,resuid=65534,resgid=65534
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
            33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
            34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            37 31 0:34 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer
            39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """,
        processCgroup: """
            8:pids:/
            6:freezer:/
            4:memory:/service/1
            3:cpuset:/
            2:cpuacct:/
            1:cpu:/
            0::/
            """
    )
}
