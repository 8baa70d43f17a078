// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The place of a group below the directory that a runtime works in: one or more names, none of which leads upwards.
package struct CgroupPath: Hashable, Sendable, CustomStringConvertible {
    /// The names from the top down; never empty.
    package let components: [String]

    /// Where every runtime keeps its groups unless told otherwise.
    package static let nestbox = CgroupPath(unchecked: ["nestbox"])

    /// Checks and takes apart a path that a user gave.
    ///
    /// - Parameter text: Names separated by slashes; one slash in front is allowed, since OCI's `cgroupsPath` has it.
    /// - Throws: ``ContainerError`` of code `invalidConfiguration` if a name is empty, `.`, `..`, longer than 255 bytes or
    ///   holds a control character, or if it could be taken for an interface file of a group.
    package init(_ text: String) throws(ContainerError) {
        let relative = text.hasPrefix("/") ? text.dropFirst() : text[...]
        let names = relative.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for name in names {
            if let reason = Self.refusal(of: name) {
                throw ContainerError(.invalidConfiguration, "the cgroup path '\(text)' is refused: \(reason)")
            }
        }
        components = names
    }

    private init(unchecked components: [String]) {
        self.components = components
    }

    /// The path one name further down.
    ///
    /// - Throws: ``ContainerError`` if the name is refused.
    package func appending(_ name: String) throws(ContainerError) -> CgroupPath {
        if let reason = Self.refusal(of: name) {
            throw ContainerError(.invalidConfiguration, "the cgroup name '\(name)' is refused: \(reason)")
        }
        return CgroupPath(unchecked: components + [name])
    }

    package var description: String { components.joined(separator: "/") }

    /// Why a name can't be a group's, or `nil` if it can.
    static func refusal(of name: String) -> String? {
        if name.isEmpty { return "it has an empty name" }
        if name == "." || name == ".." { return "'\(name)' would lead elsewhere" }
        if name.utf8.count > 255 { return "a name is longer than 255 bytes" }
        if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == UInt8(ascii: "/") }) {
            return "a name holds a slash or a control character"
        }
        if isInterfaceFile(name) {
            return "'\(name)' is reserved for the kernel's interface files"
        }
        return nil
    }

    /// Whether the kernel has, or may come to have, a file of this name in each group.
    static func isInterfaceFile(_ name: String) -> Bool {
        interfaceFiles.contains(name) || interfacePrefixes.contains(where: name.hasPrefix)
    }

    // cgroup-v2.rst, "Avoid Name Collisions".
    private static let interfaceFiles: Set<String> = ["tasks", "notify_on_release", "release_agent"]
    private static let interfacePrefixes = [
        "cgroup.", "cpu.", "cpuacct.", "cpuset.", "memory.", "io.", "blkio.", "pids.", "rdma.", "hugetlb.", "misc.",
        "devices.", "freezer.", "net_cls.", "net_prio.", "perf_event.", "irq.", "dmem.",
    ]
}
