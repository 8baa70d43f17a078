// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension Mount {
    /// The mounts that Docker gives every container: `/proc`, `/dev` with `pts`, `shm` and `mqueue`, `/sys` and the
    /// container's own control groups, read-only.
    public static let standard: [Mount] = [
        .processes, .devices, .pseudoterminals, .sharedMemory(), .messageQueues, .system, .controlGroups,
    ]

    /// `/proc`, of the container's own processes.
    public static let processes = Mount(.filesystem(type: "proc", options: []), at: "/proc", options: .confined)

    /// `/dev`, with the configuration's device nodes.
    public static let devices = Mount(
        .devices(options: [FilesystemOption("mode", "755"), FilesystemOption("size", "65536k")]),
        at: "/dev",
        options: [.noSetUserID, .noExecution]
    )

    /// `/dev/pts`, an instance of the container's own.
    public static let pseudoterminals = Mount(
        .filesystem(
            type: "devpts",
            options: [
                FilesystemOption("ptmxmode", "0666"), FilesystemOption("mode", "0620"), FilesystemOption("gid", "5"),
            ]
        ),
        at: "/dev/pts",
        options: [.noSetUserID, .noExecution, .allowsDevices]
    )

    /// `/dev/shm`.
    ///
    /// - Parameter size: The limit in bytes; Docker's is 64 MiB.
    /// - Returns: The mount.
    public static func sharedMemory(size: UInt64 = 64 << 20) -> Mount {
        .temporary(at: "/dev/shm", size: size)
    }

    /// `/dev/mqueue`, the POSIX message queues of the container's own IPC namespace.
    public static let messageQueues = Mount(
        .filesystem(type: "mqueue", options: []),
        at: "/dev/mqueue",
        options: .confined
    )

    /// `/sys`, of the container's own network namespace, read-only.
    public static let system = Mount(
        .filesystem(type: "sysfs", options: []),
        at: "/sys",
        options: MountOptions.confined.union(.readOnly)
    )

    /// `/sys/fs/cgroup`, read-only.
    public static let controlGroups = Mount(
        .cgroup,
        at: "/sys/fs/cgroup",
        options: MountOptions.confined.union(.readOnly)
    )
}
