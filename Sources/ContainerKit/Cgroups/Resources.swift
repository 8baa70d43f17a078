// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The limits of a container, as the kernel's control groups enforce them.
///
/// Names and units are those of `linux.resources` in the OCI runtime specification; what is `nil` is left as the kernel
/// has it. The same values serve cgroup v1, v2 and hybrid hosts, and ``validate()`` refuses what no kernel accepts before
/// anything is created.
///
/// ```swift
/// let resources = Resources(
///     memory: .init(limit: .mebibytes(64)),
///     cpu: try .cpus(1.5),
///     pids: .init(limit: 100)
/// )
/// ```
public struct Resources: Sendable, Hashable {
    /// Limits on memory.
    public var memory: Memory

    /// Limits on processor time and placement.
    public var cpu: CPU

    /// Limits on the number of processes.
    public var pids: Pids

    /// Limits on block devices.
    public var io = IO()

    /// Limits on huge pages, by their size.
    public var hugePages: [HugePages] = []

    /// Limits on RDMA devices, by their name.
    public var rdma: [String: RDMA] = [:]

    /// Marks on network packets.
    public var network = Network()

    /// Further files of the v2 group and what is written to them, such as `memory.high`.
    public var unified: [String: String] = [:]

    /// Which devices may be made and opened; `nil` leaves that to the mounts, which by default refuse all nodes but the
    /// configuration's.
    public var devices: [DeviceRule]?

    /// Creates a set of limits; by default nothing is limited.
    ///
    /// - Parameters:
    ///   - memory: Limits on memory.
    ///   - cpu: Limits on processor time and placement.
    ///   - pids: Limits on the number of processes.
    public init(memory: Memory = Memory(), cpu: CPU = CPU(), pids: Pids = Pids()) {
        self.memory = memory
        self.cpu = cpu
        self.pids = pids
    }

    /// These limits with every value that `newer` sets put in place of the own one.
    package func merging(_ newer: Resources) -> Resources {
        var merged = Resources(
            memory: memory.merging(newer.memory),
            cpu: cpu.merging(newer.cpu),
            pids: Pids(limit: newer.pids.limit ?? pids.limit)
        )
        merged.io = io.merging(newer.io)
        merged.hugePages = newer.hugePages.isEmpty ? hugePages : newer.hugePages
        merged.rdma = rdma.merging(newer.rdma) { $1 }
        merged.network = newer.network == Network() ? network : newer.network
        merged.unified = unified.merging(newer.unified) { $1 }
        merged.devices = newer.devices ?? devices
        return merged
    }
}
