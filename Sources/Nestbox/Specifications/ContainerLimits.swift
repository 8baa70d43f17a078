// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import Glibc

/// How much of the machine a container may use; what is `nil` is not limited.
public struct ContainerLimits: Sendable, Hashable, Codable {
    /// Memory in bytes.
    public var memory: Int64?
    /// Processor time, in processors: 1.5 is one and a half; no more than the machine has.
    public var processors: Double?
    /// Processes and threads.
    public var processes: Int64?

    /// Creates limits; by default nothing is limited.
    public init(memory: Int64? = nil, processors: Double? = nil, processes: Int64? = nil) {
        self.memory = memory
        self.processors = processors
        self.processes = processes
    }

    /// Refuses numbers that no kernel takes, and more processors than there are.
    ///
    /// - Parameter available: How many processors the machine has.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    func validate(available: Int = max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))) throws {
        if let processors, processors > Double(available) {
            throw NestboxError(
                .invalidSpecification,
                "the limits can't be set: \(processors) CPUs are more than the \(available) that this machine has"
            )
        }
        _ = try resources()
    }

    /// As control groups know them.
    ///
    /// - Throws: ``NestboxError`` of code `invalidSpecification` for a number that no kernel takes.
    func resources() throws -> Resources {
        var resources = Resources()
        do {
            if let memory { resources.memory.limit = Resources.Limit(memory) }
            if let processors { resources.cpu = try .cpus(processors) }
            if let processes { resources.pids.limit = Resources.Limit(processes) }
            try resources.validate()
        } catch {
            throw NestboxError(.invalidSpecification, "the limits can't be set", cause: error)
        }
        return resources
    }
}
