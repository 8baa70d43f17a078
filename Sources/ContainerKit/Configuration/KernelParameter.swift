// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// What is known of kernel parameters (`sysctl(8)`): which belong to a namespace, and where they are.
enum KernelParameter {
    /// The parameters of an IPC namespace outside `fs.mqueue`.
    private static let ipc: Set<String> = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ]

    /// Which namespace's parameter this is; `nil` for one that would change the host.
    static func namespace(of key: String) -> NamespaceKind? {
        if ipc.contains(key) || key.hasPrefix("fs.mqueue.") { return .ipc }
        if key.hasPrefix("net.") { return .network }
        if key == "kernel.domainname" || key == "kernel.hostname" { return .uts }
        return nil
    }

    /// Whether this is a parameter's name: dots or slashes between words, nothing that leads elsewhere (CVE-2022-0811).
    static func isWellFormed(_ key: String) -> Bool {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { isWordByte($0) }
            }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The parameter's file below a procfs.
    static func path(of key: String) -> FilePath {
        FilePath("sys/" + String(key.map { $0 == "." ? "/" : $0 }))
    }
}
