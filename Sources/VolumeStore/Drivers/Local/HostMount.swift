// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Mounts in the mount namespace of this process.
enum HostMount {
    /// Mounts a filesystem, or binds a directory.
    static func mount(_ device: String, type: String, on target: FilePath, _ options: MountFlags) throws(VolumeError) {
        let data = options.data.joined(separator: ",")
        let first = options.isBind ? options.flags & (MountFlags.bind | MountFlags.recursive) : options.flags
        try call(device, type, target, first, data)
        // The kernel ignores every other flag of a new bind mount; it takes them when the mount is there.
        guard options.isBind, options.afterBind != 0 else { return }
        do {
            try call("none", "none", target, options.afterBind | MountFlags.bind | MountFlags.remount, "")
        } catch {
            try? unmount(target)
            throw error
        }
    }

    /// Takes the mount away from the path; it ends when the last container that has it bound is gone.
    ///
    /// That nothing is mounted there is no error.
    static func unmount(_ target: FilePath) throws(VolumeError) {
        while isMounted(target) {
            let detachLazily: CInt = 2
            guard target.withPlatformString({ umount2($0, detachLazily) }) != 0 else { continue }
            if Errno.last == .invalidArgument || Errno.last == .noSuchFileOrDirectory { return }
            throw .system("umount2", target)
        }
    }

    /// Whether something is mounted on the path, be it from the same filesystem.
    static func isMounted(_ target: FilePath) -> Bool {
        if Directory.isMountpoint(target) { return true }
        // A bind of a directory of the same filesystem has the same device number. The kernel refuses to remove or rename
        // a mount point, but asking it that is no question one may ask; it tells in fdinfo, since Linux 3.15.
        guard let own = mountID(target), let above = mountID(target.removingLastComponent()) else { return false }
        return own != above
    }

    /// The kernel's number of the mount that holds a directory (proc_pid_fdinfo(5)).
    private static func mountID(_ path: FilePath) -> String? {
        guard let directory = try? Directory.open(path) else { return nil }
        defer { try? directory.close() }
        let text = SmallFile.read(FilePath("/proc/self/fdinfo/\(directory.rawValue)"))
        return text?.split(separator: "\n").first { $0.hasPrefix("mnt_id:") }.map(String.init)
    }

    private static func call(
        _ device: String,
        _ type: String,
        _ target: FilePath,
        _ flags: UInt,
        _ data: String
    ) throws(VolumeError) {
        let result = target.withPlatformString { path in
            data.withCString { Glibc.mount(device, path, type, flags, data.isEmpty ? nil : $0) }
        }
        guard result == 0 else {
            throw MountFailure.error(.last, type: type, device: device, target: target)
        }
    }
}
