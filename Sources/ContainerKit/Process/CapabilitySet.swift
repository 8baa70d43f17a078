// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A set of Linux capabilities, as the kernel's 64-bit mask.
public struct CapabilitySet: OptionSet, Hashable, Sendable {
    /// The kernel's mask: bit *n* is capability number *n*.
    public let rawValue: UInt64

    /// Creates a set from the kernel's mask.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Creates a set that holds one capability.
    public init(_ capability: Capability) {
        self.init(rawValue: 1 << UInt64(capability.rawValue))
    }

    /// The members, in the order of the kernel's numbers.
    public var capabilities: [Capability] {
        (0..<UInt8(64)).filter { rawValue & (1 << UInt64($0)) != 0 }.map(Capability.init(rawValue:))
    }

    /// Every capability that this library knows a name for.
    public static let all = CapabilitySet(rawValue: (1 << UInt64(Capability.names.count)) - 1)

    /// The fourteen capabilities that Docker grants by default.
    public static let docker: CapabilitySet = [
        .chown, .dacOverride, .fsetid, .fowner, .mknod, .netRaw, .setgid, .setuid, .setfcap, .setpcap,
        .netBindService, .sysChroot, .kill, .auditWrite,
    ]

    /// `CAP_CHOWN`.
    public static let chown = CapabilitySet(Capability.chown)
    /// `CAP_DAC_OVERRIDE`.
    public static let dacOverride = CapabilitySet(Capability.dacOverride)
    /// `CAP_DAC_READ_SEARCH`.
    public static let dacReadSearch = CapabilitySet(Capability.dacReadSearch)
    /// `CAP_FOWNER`.
    public static let fowner = CapabilitySet(Capability.fowner)
    /// `CAP_FSETID`.
    public static let fsetid = CapabilitySet(Capability.fsetid)
    /// `CAP_KILL`.
    public static let kill = CapabilitySet(Capability.kill)
    /// `CAP_SETGID`.
    public static let setgid = CapabilitySet(Capability.setgid)
    /// `CAP_SETUID`.
    public static let setuid = CapabilitySet(Capability.setuid)
    /// `CAP_SETPCAP`.
    public static let setpcap = CapabilitySet(Capability.setpcap)
    /// `CAP_LINUX_IMMUTABLE`.
    public static let linuxImmutable = CapabilitySet(Capability.linuxImmutable)
    /// `CAP_NET_BIND_SERVICE`.
    public static let netBindService = CapabilitySet(Capability.netBindService)
    /// `CAP_NET_BROADCAST`.
    public static let netBroadcast = CapabilitySet(Capability.netBroadcast)
    /// `CAP_NET_ADMIN`.
    public static let netAdmin = CapabilitySet(Capability.netAdmin)
    /// `CAP_NET_RAW`.
    public static let netRaw = CapabilitySet(Capability.netRaw)
    /// `CAP_IPC_LOCK`.
    public static let ipcLock = CapabilitySet(Capability.ipcLock)
    /// `CAP_IPC_OWNER`.
    public static let ipcOwner = CapabilitySet(Capability.ipcOwner)
    /// `CAP_SYS_MODULE`.
    public static let sysModule = CapabilitySet(Capability.sysModule)
    /// `CAP_SYS_RAWIO`.
    public static let sysRawio = CapabilitySet(Capability.sysRawio)
    /// `CAP_SYS_CHROOT`.
    public static let sysChroot = CapabilitySet(Capability.sysChroot)
    /// `CAP_SYS_PTRACE`.
    public static let sysPtrace = CapabilitySet(Capability.sysPtrace)
    /// `CAP_SYS_PACCT`.
    public static let sysPacct = CapabilitySet(Capability.sysPacct)
    /// `CAP_SYS_ADMIN`.
    public static let sysAdmin = CapabilitySet(Capability.sysAdmin)
    /// `CAP_SYS_BOOT`.
    public static let sysBoot = CapabilitySet(Capability.sysBoot)
    /// `CAP_SYS_NICE`.
    public static let sysNice = CapabilitySet(Capability.sysNice)
    /// `CAP_SYS_RESOURCE`.
    public static let sysResource = CapabilitySet(Capability.sysResource)
    /// `CAP_SYS_TIME`.
    public static let sysTime = CapabilitySet(Capability.sysTime)
    /// `CAP_SYS_TTY_CONFIG`.
    public static let sysTtyConfig = CapabilitySet(Capability.sysTtyConfig)
    /// `CAP_MKNOD`.
    public static let mknod = CapabilitySet(Capability.mknod)
    /// `CAP_LEASE`.
    public static let lease = CapabilitySet(Capability.lease)
    /// `CAP_AUDIT_WRITE`.
    public static let auditWrite = CapabilitySet(Capability.auditWrite)
    /// `CAP_AUDIT_CONTROL`.
    public static let auditControl = CapabilitySet(Capability.auditControl)
    /// `CAP_SETFCAP`.
    public static let setfcap = CapabilitySet(Capability.setfcap)
    /// `CAP_MAC_OVERRIDE`.
    public static let macOverride = CapabilitySet(Capability.macOverride)
    /// `CAP_MAC_ADMIN`.
    public static let macAdmin = CapabilitySet(Capability.macAdmin)
    /// `CAP_SYSLOG`.
    public static let syslog = CapabilitySet(Capability.syslog)
    /// `CAP_WAKE_ALARM`.
    public static let wakeAlarm = CapabilitySet(Capability.wakeAlarm)
    /// `CAP_BLOCK_SUSPEND`.
    public static let blockSuspend = CapabilitySet(Capability.blockSuspend)
    /// `CAP_AUDIT_READ`.
    public static let auditRead = CapabilitySet(Capability.auditRead)
    /// `CAP_PERFMON`.
    public static let perfmon = CapabilitySet(Capability.perfmon)
    /// `CAP_BPF`.
    public static let bpf = CapabilitySet(Capability.bpf)
    /// `CAP_CHECKPOINT_RESTORE`.
    public static let checkpointRestore = CapabilitySet(Capability.checkpointRestore)
}
