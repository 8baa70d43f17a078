// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Resources {
    /// A rule about which device nodes may be made and opened, whatever filesystem they are on.
    ///
    /// Rules are applied in their order, a later one over an earlier one.
    public struct DeviceRule: Sendable, Hashable {
        /// What may be done with a device.
        public struct Access: OptionSet, Sendable, Hashable {
            /// The kernel's mask (`BPF_DEVCG_ACC_*`).
            public let rawValue: UInt8

            /// Creates a mask.
            public init(rawValue: UInt8) {
                self.rawValue = rawValue
            }

            /// A node may be made.
            public static let make = Access(rawValue: 1)
            /// The device may be read.
            public static let read = Access(rawValue: 2)
            /// The device may be written.
            public static let write = Access(rawValue: 4)
            /// Everything.
            public static let all: Access = [.make, .read, .write]

            /// Reads the specification's form, such as `rwm`; `nil` if it is none.
            public init?(_ text: String) {
                var access: Access = []
                for letter in text {
                    switch letter {
                    case "r": access.insert(.read)
                    case "w": access.insert(.write)
                    case "m": access.insert(.make)
                    default: return nil
                    }
                }
                self = access
            }

            var text: String {
                (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "") + (contains(.make) ? "m" : "")
            }
        }

        /// Whether the rule allows or forbids.
        public var isAllowed: Bool
        /// The sort of device; `nil` for both.
        public var kind: DeviceNode.Kind?
        /// The driver's number; `nil` for all.
        public var major: Int64?
        /// The device's number; `nil` for all.
        public var minor: Int64?
        /// What the rule is about.
        public var access: Access

        /// Creates a rule.
        ///
        /// - Parameters:
        ///   - isAllowed: Whether the rule allows or forbids.
        ///   - kind: The sort of device; `nil` for both.
        ///   - major: The driver's number; `nil` for all.
        ///   - minor: The device's number; `nil` for all.
        ///   - access: What the rule is about.
        public init(
            allow isAllowed: Bool,
            kind: DeviceNode.Kind? = nil,
            major: Int64? = nil,
            minor: Int64? = nil,
            access: Access = .all
        ) {
            self.isAllowed = isAllowed
            self.kind = kind
            self.major = major
            self.minor = minor
            self.access = access
        }

        /// Whether it is about every device in every way.
        var isUniversal: Bool { kind == nil && major == nil && minor == nil && access == .all }

        /// v1's form (`Documentation/admin-guide/cgroup-v1/devices.rst`).
        ///
        /// There a rule about both sorts is about every device; other rules about both become two.
        var legacyTexts: [String] {
            if isUniversal { return ["a"] }
            let numbers = "\(major.map(String.init) ?? "*"):\(minor.map(String.init) ?? "*") \(access.text)"
            switch kind {
            case .character: return ["c \(numbers)"]
            case .block: return ["b \(numbers)"]
            default: return ["c \(numbers)", "b \(numbers)"]
            }
        }
    }

    /// What containers may use by default: nodes may be made, and the usual ones used (runc's list).
    public static let standardDevices: [DeviceRule] = {
        let usual: [(major: Int64, minor: Int64?)] = [
            (1, 3), (1, 8), (1, 7), (5, 0), (1, 5), (1, 9), (136, nil), (5, 2),
        ]
        var rules = [
            DeviceRule(allow: false), DeviceRule(allow: true, kind: .character, access: .make),
            DeviceRule(allow: true, kind: .block, access: .make),
        ]
        for (major, minor) in usual {
            rules.append(DeviceRule(allow: true, kind: .character, major: major, minor: minor))
        }
        return rules
    }()
}
