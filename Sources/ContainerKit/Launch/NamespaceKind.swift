// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A kind of namespace, by the kernel's clone flag (`linux/sched.h`).
package struct NamespaceKind: OptionSet, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static let time = NamespaceKind(rawValue: 0x0000_0080)
    package static let mount = NamespaceKind(rawValue: 0x0002_0000)
    package static let cgroup = NamespaceKind(rawValue: 0x0200_0000)
    package static let uts = NamespaceKind(rawValue: 0x0400_0000)
    package static let ipc = NamespaceKind(rawValue: 0x0800_0000)
    package static let user = NamespaceKind(rawValue: 0x1000_0000)
    package static let process = NamespaceKind(rawValue: 0x2000_0000)
    package static let network = NamespaceKind(rawValue: 0x4000_0000)

    package var description: String {
        let names: [(NamespaceKind, String)] = [
            (.user, "user"), (.mount, "mount"), (.process, "pid"), (.uts, "uts"), (.ipc, "ipc"), (.network, "net"),
            (.cgroup, "cgroup"), (.time, "time"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: "+")
    }
}
