// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Who holds a lease: a name that means something to the caller, such as a container's id, and the process whose death
/// ends the lease.
public struct LeaseOwner: Sendable, Hashable {
    /// The caller's own identifier, such as a container's id.
    public let id: String

    /// The process that must be alive for the lease to count.
    public let process: ProcessIdentity

    /// An owner that lives as long as `process`.
    public init(id: String, process: ProcessIdentity) {
        self.id = id
        self.process = process
    }

    /// An owner that lives as long as the machine is up, or the container that the calling process is in: for those who
    /// give the lease back themselves, whichever of their processes comes and goes.
    ///
    /// - Throws: ``VolumeError`` if `/proc` can't be read.
    public static func untilShutdown(id: String) throws(VolumeError) -> LeaseOwner {
        LeaseOwner(id: id, process: try .of(pid: 1))
    }

    /// An owner that lives as long as the calling process.
    ///
    /// - Throws: ``VolumeError`` if `/proc` can't be read.
    public static func thisProcess(id: String) throws(VolumeError) -> LeaseOwner {
        LeaseOwner(id: id, process: try .current())
    }
}
