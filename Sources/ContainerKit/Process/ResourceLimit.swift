// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A limit on one resource of a process (`getrlimit(2)`).
public struct ResourceLimit: Hashable, Sendable {
    /// The resource, by the kernel's number.
    public struct Resource: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: CInt

        /// Creates a resource from the kernel's number.
        public init(rawValue: CInt) {
            self.rawValue = rawValue
        }

        /// Creates a resource from its name, as `RLIMIT_NOFILE` or `nofile`.
        ///
        /// - Parameter name: The name, in any case.
        public init?(name: String) {
            var key = name.lowercased()
            if key.hasPrefix("rlimit_") { key.removeFirst(7) }
            guard let number = Self.names.firstIndex(of: key) else { return nil }
            self.init(rawValue: CInt(number))
        }

        /// The name, such as `nofile`.
        public var name: String {
            Self.names.indices.contains(Int(rawValue)) ? Self.names[Int(rawValue)] : "resource \(rawValue)"
        }

        /// In the order of the kernel's numbers (`asm-generic/resource.h`).
        package static let names = [
            "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending",
            "msgqueue", "nice", "rtprio", "rttime",
        ]

        /// Open descriptors.
        public static let openFiles = Resource(rawValue: 7)
        /// Processes of the user.
        public static let processes = Resource(rawValue: 6)
        /// The size of a core file in bytes.
        public static let coreSize = Resource(rawValue: 4)
        /// Processor time in seconds.
        public static let processorTime = Resource(rawValue: 0)
        /// The address space in bytes.
        public static let addressSpace = Resource(rawValue: 9)
        /// The size of a file in bytes.
        public static let fileSize = Resource(rawValue: 1)
        /// The stack in bytes.
        public static let stackSize = Resource(rawValue: 3)
        /// Locked memory in bytes.
        public static let lockedMemory = Resource(rawValue: 8)
    }

    /// No limit.
    public static let unlimited = UInt64.max

    /// The resource.
    public var resource: Resource
    /// What the kernel enforces.
    public var soft: UInt64
    /// Up to where the process may raise it.
    public var hard: UInt64

    /// Creates a limit.
    ///
    /// - Parameters:
    ///   - resource: The resource.
    ///   - soft: What the kernel enforces.
    ///   - hard: Up to where the process may raise it; the same where `nil`.
    public init(_ resource: Resource, soft: UInt64, hard: UInt64? = nil) {
        self.resource = resource
        self.soft = soft
        self.hard = hard ?? soft
    }
}
