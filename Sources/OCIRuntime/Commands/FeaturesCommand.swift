// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// Tells what this runtime can do (`features.md` of the specification).
enum FeaturesCommand {
    static func run() -> Int32 {
        CommandContext.print(document.lines())
        return 0
    }

    static var document: JSONValue {
        let on: JSONValue = .object(["enabled": .boolean(true)])
        let off: JSONValue = .object(["enabled": .boolean(false)])
        var options: Set<String> = ["bind", "rbind", "tmpcopyup", "idmap", "ridmap", "remount"]
        options.formUnion(MountOptionTable.attributes.keys)
        options.formUnion(MountOptionTable.attributes.keys.map { "r" + $0 })
        options.formUnion(MountOptionTable.propagation.keys)
        options.formUnion(MountOptionTable.withoutEffect)
        options.formUnion(MountOptionTable.ofFilesystem)
        let linux: JSONValue = .object([
            "namespaces": .strings(["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"]),
            "capabilities": .strings(CapabilitySet.all.capabilities.map(\.name)),
            "cgroup": .object([
                "v1": .boolean(true), "v2": .boolean(true), "systemd": .boolean(false), "systemdUser": .boolean(false),
                "rdma": .boolean(true),
            ]),
            "seccomp": .object([
                "enabled": .boolean(true),
                "actions": .strings([
                    "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS",
                    "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP",
                ]),
                "operators": .strings([
                    "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ",
                    "SCMP_CMP_NE",
                ]),
                "archs": .strings([
                    "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", "SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64",
                ]),
                "knownFlags": .strings([
                    "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC",
                    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
                ]),
                "supportedFlags": .strings([
                    "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC",
                    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
                ]),
            ]),
            "apparmor": off, "selinux": off, "intelRdt": off, "netDevices": on,
            "memoryPolicy": .object([
                "modes": .strings([
                    "MPOL_BIND", "MPOL_DEFAULT", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED",
                    "MPOL_PREFERRED_MANY", "MPOL_WEIGHTED_INTERLEAVE",
                ]),
                "flags": .strings(["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"]),
            ]),
            "mountExtensions": .object(["idmap": on]),
        ])
        return .object([
            "ociVersionMin": .string("1.0.0"), "ociVersionMax": .string(SpecificationReader.version),
            "hooks": .strings([
                "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
            ]),
            "mountOptions": .strings(options.sorted()), "linux": linux,
            "annotations": .object(["org.nestbox.version": .string(CommandLineTool.version)]),
            "potentiallyUnsafeConfigAnnotations": .array([]),
        ])
    }
}
