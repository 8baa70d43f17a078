// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How a container's share of the processors is enforced: it may run on several of them at once, and stands still for the
/// rest of each period once it has used its share of it.
///
/// Source: `cpu.max` of control groups (Linux, Documentation/admin-guide/cgroup-v2.rst).
public struct CPUQuota: Hashable, Sendable {
    /// Processors that it may use at once while it has some of its share left.
    public var processors: Double
    /// The seconds after which it gets its share anew.
    public var period: Double

    /// Creates a quota; how much the share is, ``ServerSpecification/cores`` says.
    ///
    /// - Parameters:
    ///   - processors: Processors that it may use at once.
    ///   - period: The seconds after which it gets its share anew.
    public init(processors: Double, period: Double = 0.1) {
        self.processors = processors
        self.period = period
    }
}
