// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// On which memory nodes a program's memory is placed (`set_mempolicy(2)`).
public struct MemoryPolicy: Hashable, Sendable {
    /// A way to choose among nodes, by the kernel's number.
    public struct Mode: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: Int32

        /// Creates a mode from the kernel's number.
        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Creates a mode from its name, such as `MPOL_BIND`.
        ///
        /// - Parameter name: The name.
        public init?(name: String) {
            guard let number = Self.names.firstIndex(of: name) else { return nil }
            self.init(rawValue: Int32(number))
        }

        private static let names = [
            "MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED_MANY",
            "MPOL_WEIGHTED_INTERLEAVE",
        ]
    }

    /// Flags of a mode, by the kernel's bits.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The kernel's mask.
        public let rawValue: Int32

        /// Creates flags from the kernel's mask.
        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// The nodes are not renumbered when the allowed ones change (`MPOL_F_STATIC_NODES`).
        public static let staticNodes = Flags(rawValue: 1 << 15)
        /// The nodes are counted among the allowed ones (`MPOL_F_RELATIVE_NODES`).
        public static let relativeNodes = Flags(rawValue: 1 << 14)
        /// The kernel moves memory to where it is used (`MPOL_F_NUMA_BALANCING`).
        public static let balancing = Flags(rawValue: 1 << 13)
    }

    /// The way to choose.
    public var mode: Mode
    /// Flags.
    public var flags: Flags
    /// The nodes, such as `0-1`; empty for the modes that take none.
    public var nodes: String

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - mode: The way to choose.
    ///   - nodes: The nodes, such as `0-1`.
    ///   - flags: Flags.
    public init(_ mode: Mode, nodes: String = "", flags: Flags = []) {
        self.mode = mode
        self.nodes = nodes
        self.flags = flags
    }
}
