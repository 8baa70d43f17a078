// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
package import SystemPackage

/// Called before each change of the cgroup filesystem with the operation's name and its path; what it throws becomes
/// that operation's failure.
package typealias CgroupHook = @Sendable (_ operation: String, _ path: FilePath) throws -> Void

/// An open directory of a cgroup hierarchy, and every operation on the groups below it.
///
/// All paths are relative to the descriptor, so a launch never resolves a mount point, and names come only from
/// ``CgroupPath`` or the kernel.
package final class CgroupDirectory: Sendable {
    let descriptor: FileDescriptor
    let path: FilePath
    let hook: CgroupHook?

    /// Opens a directory by its path.
    init(opening path: FilePath, hook: CgroupHook? = nil) throws {
        self.path = path
        self.hook = hook
        let raw = Glibc.open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard raw >= 0 else {
            let reason = Errno(rawValue: errno)
            throw ContainerError(
                .cgroup,
                "could not open the control group",
                operation: "open",
                path: path,
                errno: reason
            )
        }
        descriptor = FileDescriptor(rawValue: raw)
    }

    private init(_ name: String, in parent: CgroupDirectory) throws {
        path = parent.path.appending(name)
        hook = parent.hook
        let raw = try parent.perform("open", name) {
            openat(parent.descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        descriptor = FileDescriptor(rawValue: raw)
    }

    deinit {
        // Nothing can be done about a failure, and the descriptor is gone either way.
        try? descriptor.close()
    }

    /// Opens a group below.
    func subdirectory(_ name: String) throws -> CgroupDirectory {
        try CgroupDirectory(name, in: self)
    }

    /// Makes a group; the error's `errno` is `fileExists` if there is one of that name.
    func makeGroup(_ name: String) throws {
        try perform("mkdir", name) { mkdirat(descriptor.rawValue, name, 0o755) }
    }

    /// Removes an empty group.
    func removeGroup(_ name: String) throws {
        try perform("rmdir", name) { unlinkat(descriptor.rawValue, name, AT_REMOVEDIR) }
    }

    /// Removes a group without asking the hook, for the way back from a failure.
    func discardGroup(_ name: String) {
        _ = unlinkat(descriptor.rawValue, name, AT_REMOVEDIR)
    }

    /// Opens a file or group of which the caller takes the descriptor.
    func open(_ name: String, _ flags: CInt) throws -> FileDescriptor {
        FileDescriptor(
            rawValue: try perform("open", name) { openat(descriptor.rawValue, name, flags | O_CLOEXEC | O_NOFOLLOW) }
        )
    }

    /// Whether this process may make groups here, as far as permissions tell.
    var mayMakeGroups: Bool {
        faccessat(descriptor.rawValue, ".", W_OK, AT_EACCESS) == 0
    }

    /// What making a group here would give without the permission.
    var refusal: ContainerError { failure("mkdir", ".", .permissionDenied) }

    /// Whether a file exists below.
    func contains(_ name: String) -> Bool {
        faccessat(descriptor.rawValue, name, F_OK, 0) == 0
    }

    /// Writes a value to an interface file.
    func write(_ value: String, to name: String) throws {
        let file = try open(name, O_WRONLY)
        defer { try? file.close() }
        var text = value
        do {
            try perform("write", name) {
                text.withUTF8 { CInt(truncatingIfNeeded: Glibc.write(file.rawValue, $0.baseAddress, $0.count)) }
            }
        } catch let error as ContainerError where error.errno == .notSupported {
            throw Self.withoutWeights(value, name, error)
        }
    }

    /// A device's weight that the kernel refuses since nothing goes by it.
    private static func withoutWeights(_ value: String, _ name: String, _ error: ContainerError) -> ContainerError {
        let file = FilePath(name).lastComponent?.string ?? name
        let device = value.prefix { $0 != " " }
        guard file.contains("weight"), device.contains(":") else { return error }
        return ContainerError(
            error.code,
            "could not set \(file) of the control group: the I/O scheduler of device \(device) has no weights"
                + " (BFQ has)",
            operation: "write",
            path: error.path,
            errno: error.errno
        )
    }

    /// Reads an interface file whole.
    func read(_ name: String) throws -> String {
        let file = try open(name, O_RDONLY)
        defer { try? file.close() }
        var text: [UInt8] = []
        while true {
            let chunk = try [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = Int(
                    try perform("read", name) {
                        CInt(truncatingIfNeeded: Glibc.read(file.rawValue, buffer.baseAddress, 4096))
                    }
                )
            }
            text += chunk
            // The kernel hands out whole records, none near as long: room for one more means that this was the last.
            if chunk.count < 4096 - 256 { return String(decoding: text, as: UTF8.self) }
        }
    }

    /// The names of the groups directly below `name`, or of this directory's own for `.`.
    func groups(in name: String = ".") throws -> [String] {
        let raw = try open(name, O_RDONLY | O_DIRECTORY).rawValue
        guard let stream = fdopendir(raw) else {
            let reason = Errno(rawValue: errno)
            close(raw)
            throw failure("read", name, reason)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            guard entry.pointee.d_type == DT_DIR else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Runs a system call and turns its failure, or the hook's, into an error that names it.
    @discardableResult
    private func perform(_ operation: String, _ name: String, _ call: () -> CInt) throws -> CInt {
        if let hook { try hook(operation, path.pushing(FilePath(name))) }
        while true {
            let result = call()
            let reason = Errno(rawValue: errno)
            if result >= 0 { return result }
            if reason != .interrupted { throw failure(operation, name, reason) }
        }
    }

    private func failure(_ operation: String, _ name: String, _ reason: Errno) -> ContainerError {
        let target = path.pushing(FilePath(name))
        let file = target.lastComponent?.string ?? ""
        let group = FilePath(name).removingLastComponent()
        if operation == "open", reason == .noSuchFileOrDirectory, CgroupPath.isInterfaceFile(file),
            group.isEmpty || contains(group.string)
        {
            return ContainerError(
                .unsupported,
                "this kernel's control groups have no \(file)",
                operation: operation,
                path: target,
                errno: reason
            )
        }
        let what =
            switch operation {
            case "mkdir": "make the control group"
            case "rmdir": "remove the control group"
            case "write": "set \(file) of the control group"
            case "read": "read \(file) of the control group"
            default: "open the control group"
            }
        return ContainerError(.cgroup, "could not \(what)", operation: operation, path: target, errno: reason)
    }
}
