// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// What another process needs to find a running container again.
///
/// It names the container's first process by number *and* start time, so that a later process with the same number is
/// never taken for it. Write it down in any form; it holds no secrets.
public struct ContainerReference: Hashable, Codable, Sendable {
    /// The container's name.
    public var identifier: String
    /// The number of its first process, as the host sees it.
    public var processIdentifier: Int32
    /// When that process started, in clock ticks since the machine did (field 22 of `proc_pid_stat(5)`).
    public var startTime: UInt64
    /// The directories of its control groups.
    public var controlGroups: [FilePath]
    /// The capabilities that its programs may ever have, which the seccomp profile of a further program goes by.
    public var capabilities: UInt64
    /// Whether it has joined an existing mount namespace, and so has another root than that namespace.
    public var joinsMounts: Bool

    /// Creates a reference from what was written down.
    ///
    /// - Parameters:
    ///   - identifier: The container's name.
    ///   - processIdentifier: The number of its first process.
    ///   - startTime: When that process started, in clock ticks.
    ///   - controlGroups: The directories of its control groups.
    ///   - capabilities: The mask of its bounding set.
    ///   - joinsMounts: Whether it has joined an existing mount namespace.
    public init(
        identifier: String,
        processIdentifier: Int32,
        startTime: UInt64,
        controlGroups: [FilePath],
        capabilities: UInt64,
        joinsMounts: Bool = false
    ) {
        self.identifier = identifier
        self.processIdentifier = processIdentifier
        self.startTime = startTime
        self.controlGroups = controlGroups
        self.capabilities = capabilities
        self.joinsMounts = joinsMounts
    }

    /// Reads a reference; one that an earlier build wrote down does not say whether mounts were joined.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        identifier = try values.decode(String.self, forKey: .identifier)
        processIdentifier = try values.decode(Int32.self, forKey: .processIdentifier)
        startTime = try values.decode(UInt64.self, forKey: .startTime)
        controlGroups = try values.decode([FilePath].self, forKey: .controlGroups)
        capabilities = try values.decode(UInt64.self, forKey: .capabilities)
        joinsMounts = try values.decodeIfPresent(Bool.self, forKey: .joinsMounts) ?? false
    }
}

extension Container {
    /// What another process needs to find this container.
    ///
    /// - Returns: The reference; it leads nowhere once the container's program has ended.
    /// - Throws: ``ContainerError`` of code `invalidState` if the program has ended.
    public func reference() throws -> ContainerReference {
        let startTime = process.withNumber { ProcessFiles($0)?.startTime } ?? nil
        guard let startTime else {
            throw ContainerError(.invalidState, "the container's program has ended, so nothing can refer to it")
        }
        return ContainerReference(
            identifier: identifier,
            processIdentifier: process.pid,
            startTime: startTime,
            controlGroups: group?.paths ?? [],
            capabilities: configuration.process.capabilities.bounding.rawValue,
            joinsMounts: configuration.namespaces.joinedMount != nil
        )
    }
}
