// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import Glibc
internal import SystemPackage

/// Writes a `config.json` to begin with.
enum SpecCommand {
    static func run(_ arguments: [String]) throws -> Int32 {
        let scanner = try ArgumentScanner(
            arguments,
            valued: ["--bundle"],
            plain: ["--rootless"],
            aliases: ["-b": "--bundle"]
        )
        let path = FilePath(scanner["--bundle"] ?? ".").appending("config.json")
        if access(path.string, F_OK) == 0 { throw OCIError("\(path) exists already") }
        try StateFile.write((document(isRootless: scanner.isSet("--rootless")).lines() + "\n").utf8, to: path)
        return 0
    }

    static func document(isRootless: Bool) -> JSONValue {
        let capabilities = JSONValue.strings(["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"])
        let process: JSONValue = .object([
            "terminal": .boolean(true), "user": .object(["uid": .integer(0), "gid": .integer(0)]),
            "args": .strings(["sh"]), "cwd": .string("/"), "noNewPrivileges": .boolean(true),
            "env": .strings(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"]),
            "capabilities": .object([
                "bounding": capabilities, "effective": capabilities, "permitted": capabilities,
            ]),
            "rlimits": .array([
                .object(["type": .string("RLIMIT_NOFILE"), "soft": .integer(1024), "hard": .integer(1024)])
            ]),
        ])
        var namespaces = ["pid", "ipc", "uts", "mount", "cgroup"] + (isRootless ? ["user"] : ["network"])
        namespaces.sort()
        var linux: [String: JSONValue] = [
            "namespaces": .array(namespaces.map { .object(["type": .string($0)]) }),
            "maskedPaths": .strings(ContainerConfiguration.defaultMaskedPaths.map(\.string)),
            "readonlyPaths": .strings(ContainerConfiguration.defaultReadOnlyPaths.map(\.string)),
        ]
        if isRootless {
            func map(_ identifier: UInt32) -> JSONValue {
                .array([.object(["containerID": .integer(0), "hostID": .integer(identifier), "size": .integer(1)])])
            }
            linux["uidMappings"] = map(geteuid())
            linux["gidMappings"] = map(getegid())
        } else {
            linux["resources"] = .object([
                "devices": .array([.object(["allow": .boolean(false), "access": .string("rwm")])])
            ])
        }
        return .object([
            "ociVersion": .string(SpecificationReader.version), "process": process,
            "root": .object(["path": .string("rootfs"), "readonly": .boolean(true)]), "hostname": .string("nestbox"),
            "mounts": .array(mounts(isRootless: isRootless)), "linux": .object(linux),
        ])
    }

    private static func mounts(isRootless: Bool) -> [JSONValue] {
        let confined = ["nosuid", "noexec", "nodev"]
        let list: [(String, String, [String])] = [
            ("/proc", "proc", []), ("/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            (
                "/dev/pts", "devpts",
                ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] + (isRootless ? [] : ["gid=5"])
            ),
            ("/dev/shm", "tmpfs", confined + ["mode=1777", "size=65536k"]), ("/dev/mqueue", "mqueue", confined),
            ("/sys", "sysfs", confined + ["ro"]), ("/sys/fs/cgroup", "cgroup", confined + ["relatime", "ro"]),
        ]
        return list.map { target, type, options in
            .object([
                "destination": .string(target), "type": .string(type),
                "source": .string(type == "sysfs" ? "sysfs" : type),
                "options": .strings(options),
            ])
        }
    }
}
