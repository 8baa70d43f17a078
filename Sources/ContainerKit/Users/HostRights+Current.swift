// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

extension HostRights {
    /// The rights of this process now.
    package static func current() -> HostRights {
        let status = text("/proc/self/status")
        let powers = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
            .flatMap { UInt64($0.dropFirst(7).drop(while: \.isWhitespace), radix: 16) }
        let administration = CapabilitySet(.sysAdmin).rawValue
        var rights = HostRights(
            user: geteuid(),
            group: getegid(),
            maySetUp: (powers ?? 0) & administration == administration,
            // The first user namespace alone maps everything to itself.
            isNested: text("/proc/self/uid_map").split(whereSeparator: \.isWhitespace) != ["0", "0", "4294967295"],
            groupsAreFixed: text("/proc/self/setgroups").hasPrefix("deny")
        )
        if rights.maySetUp { return rights }
        let name = name(of: rights.user)
        rights.users = SubordinateRanges(text("/etc/subuid"), name: name, number: rights.user)
        rights.groups = SubordinateRanges(text("/etc/subgid"), name: name, number: rights.user)
        if let users = program("newuidmap"), let groups = program("newgidmap") {
            rights.mappers = Mappers(users: users, groups: groups)
        }
        return rights
    }

    private static func program(_ name: String) -> FilePath? {
        ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin"].map { FilePath($0).appending(name) }
            .first { access($0.string, X_OK) == 0 }
    }

    private static func name(of user: UInt32) -> String? {
        AccountFile(text("/etc/passwd"), fields: 4).user(numbered: user)?.name
    }

    /// A small file of the host's; empty where it can't be read.
    private static func text(_ path: FilePath) -> String {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return "" }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while let count = try? chunk.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
            bytes += chunk[..<count]
            if bytes.count > 1 << 20 { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
