// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// One Linux capability, by the kernel's number (`capabilities(7)`, `linux/capability.h`).
public struct Capability: RawRepresentable, Hashable, Sendable {
    /// The kernel's number.
    public let rawValue: UInt8

    /// Creates a capability from the kernel's number.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Creates a capability from its name, with or without the `CAP_` prefix, in any case.
    ///
    /// - Parameter name: Such as `CAP_NET_ADMIN` or `net_admin`.
    public init?(name: String) {
        var key = name.uppercased()
        if key.hasPrefix("CAP_") { key.removeFirst(4) }
        guard let index = Self.names.firstIndex(of: key) else { return nil }
        self.init(rawValue: UInt8(index))
    }

    /// The kernel's name, such as `CAP_NET_ADMIN`.
    public var name: String {
        rawValue < Self.names.count ? "CAP_" + Self.names[Int(rawValue)] : "CAP_\(rawValue)"
    }

    /// `CAP_CHOWN`.
    public static let chown = Capability(rawValue: 0)
    /// `CAP_DAC_OVERRIDE`.
    public static let dacOverride = Capability(rawValue: 1)
    /// `CAP_DAC_READ_SEARCH`.
    public static let dacReadSearch = Capability(rawValue: 2)
    /// `CAP_FOWNER`.
    public static let fowner = Capability(rawValue: 3)
    /// `CAP_FSETID`.
    public static let fsetid = Capability(rawValue: 4)
    /// `CAP_KILL`.
    public static let kill = Capability(rawValue: 5)
    /// `CAP_SETGID`.
    public static let setgid = Capability(rawValue: 6)
    /// `CAP_SETUID`.
    public static let setuid = Capability(rawValue: 7)
    /// `CAP_SETPCAP`.
    public static let setpcap = Capability(rawValue: 8)
    /// `CAP_LINUX_IMMUTABLE`.
    public static let linuxImmutable = Capability(rawValue: 9)
    /// `CAP_NET_BIND_SERVICE`.
    public static let netBindService = Capability(rawValue: 10)
    /// `CAP_NET_BROADCAST`.
    public static let netBroadcast = Capability(rawValue: 11)
    /// `CAP_NET_ADMIN`.
    public static let netAdmin = Capability(rawValue: 12)
    /// `CAP_NET_RAW`.
    public static let netRaw = Capability(rawValue: 13)
    /// `CAP_IPC_LOCK`.
    public static let ipcLock = Capability(rawValue: 14)
    /// `CAP_IPC_OWNER`.
    public static let ipcOwner = Capability(rawValue: 15)
    /// `CAP_SYS_MODULE`.
    public static let sysModule = Capability(rawValue: 16)
    /// `CAP_SYS_RAWIO`.
    public static let sysRawio = Capability(rawValue: 17)
    /// `CAP_SYS_CHROOT`.
    public static let sysChroot = Capability(rawValue: 18)
    /// `CAP_SYS_PTRACE`.
    public static let sysPtrace = Capability(rawValue: 19)
    /// `CAP_SYS_PACCT`.
    public static let sysPacct = Capability(rawValue: 20)
    /// `CAP_SYS_ADMIN`.
    public static let sysAdmin = Capability(rawValue: 21)
    /// `CAP_SYS_BOOT`.
    public static let sysBoot = Capability(rawValue: 22)
    /// `CAP_SYS_NICE`.
    public static let sysNice = Capability(rawValue: 23)
    /// `CAP_SYS_RESOURCE`.
    public static let sysResource = Capability(rawValue: 24)
    /// `CAP_SYS_TIME`.
    public static let sysTime = Capability(rawValue: 25)
    /// `CAP_SYS_TTY_CONFIG`.
    public static let sysTtyConfig = Capability(rawValue: 26)
    /// `CAP_MKNOD`.
    public static let mknod = Capability(rawValue: 27)
    /// `CAP_LEASE`.
    public static let lease = Capability(rawValue: 28)
    /// `CAP_AUDIT_WRITE`.
    public static let auditWrite = Capability(rawValue: 29)
    /// `CAP_AUDIT_CONTROL`.
    public static let auditControl = Capability(rawValue: 30)
    /// `CAP_SETFCAP`.
    public static let setfcap = Capability(rawValue: 31)
    /// `CAP_MAC_OVERRIDE`.
    public static let macOverride = Capability(rawValue: 32)
    /// `CAP_MAC_ADMIN`.
    public static let macAdmin = Capability(rawValue: 33)
    /// `CAP_SYSLOG`.
    public static let syslog = Capability(rawValue: 34)
    /// `CAP_WAKE_ALARM`.
    public static let wakeAlarm = Capability(rawValue: 35)
    /// `CAP_BLOCK_SUSPEND`.
    public static let blockSuspend = Capability(rawValue: 36)
    /// `CAP_AUDIT_READ`.
    public static let auditRead = Capability(rawValue: 37)
    /// `CAP_PERFMON`.
    public static let perfmon = Capability(rawValue: 38)
    /// `CAP_BPF`.
    public static let bpf = Capability(rawValue: 39)
    /// `CAP_CHECKPOINT_RESTORE`.
    public static let checkpointRestore = Capability(rawValue: 40)

    /// The names in the order of the kernel's numbers.
    static let names: [String] = [
        "CHOWN",
        "DAC_OVERRIDE",
        "DAC_READ_SEARCH",
        "FOWNER",
        "FSETID",
        "KILL",
        "SETGID",
        "SETUID",
        "SETPCAP",
        "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE",
        "NET_BROADCAST",
        "NET_ADMIN",
        "NET_RAW",
        "IPC_LOCK",
        "IPC_OWNER",
        "SYS_MODULE",
        "SYS_RAWIO",
        "SYS_CHROOT",
        "SYS_PTRACE",
        "SYS_PACCT",
        "SYS_ADMIN",
        "SYS_BOOT",
        "SYS_NICE",
        "SYS_RESOURCE",
        "SYS_TIME",
        "SYS_TTY_CONFIG",
        "MKNOD",
        "LEASE",
        "AUDIT_WRITE",
        "AUDIT_CONTROL",
        "SETFCAP",
        "MAC_OVERRIDE",
        "MAC_ADMIN",
        "SYSLOG",
        "WAKE_ALARM",
        "BLOCK_SUSPEND",
        "AUDIT_READ",
        "PERFMON",
        "BPF",
        "CHECKPOINT_RESTORE",
    ]
}

extension Capability {
    /// The highest number that this machine's kernel knows; 63 where it does not say.
    static let lastKnownToKernel: UInt8 = {
        let file = try? FileDescriptor.open("/proc/sys/kernel/cap_last_cap", .readOnly, options: .closeOnExec)
        guard let file else { return 63 }
        defer { try? file.close() }
        var text = [UInt8](repeating: 0, count: 8)
        let count = (try? text.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
        return UInt8(String(decoding: text[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) ?? 63
    }()
}
