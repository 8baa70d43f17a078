// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How a program's requests to block devices are ranked (`ioprio_set(2)`).
public struct IOPriority: Hashable, Sendable {
    /// A class of requests, by the kernel's number.
    public struct Class: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: Int

        /// Creates a class from the kernel's number.
        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// Creates a class from its name, such as `IOPRIO_CLASS_BE`.
        ///
        /// - Parameter name: The name.
        public init?(name: String) {
            switch name {
            case "IOPRIO_CLASS_RT": self = .realTime
            case "IOPRIO_CLASS_BE": self = .bestEffort
            case "IOPRIO_CLASS_IDLE": self = .idle
            default: return nil
            }
        }

        /// Before all others.
        public static let realTime = Class(rawValue: 1)
        /// As usual.
        public static let bestEffort = Class(rawValue: 2)
        /// Only when no one else asks.
        public static let idle = Class(rawValue: 3)
    }

    /// The class.
    public var `class`: Class
    /// The rank within the class, from 0 (first) to 7.
    public var level: Int

    /// Creates a rank.
    ///
    /// - Parameters:
    ///   - class: The class.
    ///   - level: The rank within the class, from 0 to 7.
    public init(_ class: Class, level: Int = 4) {
        self.class = `class`
        self.level = level
    }

    /// The kernel's form.
    var value: Int { `class`.rawValue << 13 | level }
}
