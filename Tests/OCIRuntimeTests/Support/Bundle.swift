// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

/// What this machine lets tests do.
enum Machine {
    static let isRoot = geteuid() == 0
    static let busybox: String? = ["/bin/busybox", "/usr/bin/busybox"].first { access($0, X_OK) == 0 }

    /// Whether this user was granted users of its own.
    static let hasRange: Bool = {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return false }
        let text = (try? StateFile.read("/etc/subuid")) ?? []
        let prefix = String(cString: name) + ":"
        return String(decoding: text, as: UTF8.self).split(separator: "\n").contains { $0.hasPrefix(prefix) }
    }()

    static func has(_ program: String) -> Bool {
        ["/usr/bin/", "/bin/", "/usr/sbin/"].contains { access($0 + program, X_OK) == 0 }
    }
}

extension Trait where Self == ConditionTrait {
    static var runsContainers: Self {
        .enabled(
            if: Machine.isRoot && Machine.busybox != nil,
            "needs root and the package busybox-static, to run real containers"
        )
    }
}

/// A bundle with busybox as its root filesystem, and a folder for the runtime's state; all goes with it.
final class Bundle: Sendable {
    let directory: FilePath
    var path: String { directory.appending("bundle").string }
    var root: String { directory.appending("state").string }

    init() throws {
        var template = Array("/tmp/nestbox-oci-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        directory = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        for name in ["bundle", "bundle/rootfs"] { mkdir(directory.appending(name).string, 0o755) }
        for name in ["bin", "etc", "tmp", "proc", "sys", "dev"] { mkdir("\(path)/rootfs/\(name)", 0o755) }
        chmod(directory.string, 0o755)
        _ = try Tool.run(["cp", Machine.busybox ?? "", "\(path)/rootfs/bin/busybox"])
        for name in ["sh", "echo", "sleep", "cat", "id", "true", "tty", "ps", "stty", "grep", "seq", "yes", "head"] {
            symlink("busybox", "\(path)/rootfs/bin/\(name)")
        }
        try StateFile.write("root:x:0:0:root:/root:/bin/sh\n".utf8, to: FilePath("\(path)/rootfs/etc/passwd"))
    }

    deinit {
        _ = try? Tool.run(["rm", "-rf", directory.string])
    }

    /// Writes a configuration like that of `spec`, changed.
    func configure(
        _ arguments: [String],
        terminal: Bool = false,
        _ change: (inout [String: JSONValue]) -> Void = { _ in }
    ) throws {
        guard case .object(var members) = SpecCommand.document(isRootless: false),
            case .object(var process)? = members["process"]
        else { return }
        process["args"] = .strings(arguments)
        process["terminal"] = .boolean(terminal)
        process["env"] = .strings(["PATH=/bin"])
        members["process"] = .object(process)
        members["root"] = .object(["path": .string("rootfs"), "readonly": .boolean(false)])
        change(&members)
        try StateFile.write(JSONValue.object(members).description.utf8, to: FilePath("\(path)/config.json"))
    }

    /// Runs the command line under test.
    @discardableResult
    func oci(_ arguments: [String]) throws -> Tool.Result {
        try Tool.run([Tool.runtime, "--root", root] + arguments)
    }
}

/// A program of the host, run to its end.
enum Tool {
    struct Result {
        var status: Int32
        var output: String
        var error: String
    }

    /// The command line under test: the one that is built beside the tests, or another build of it in `NESTBOX_OCI`.
    static let runtime: String = {
        if let other = getenv("NESTBOX_OCI") { return String(cString: other) }
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, 4095)
        let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return FilePath(text).removingLastComponent().appending("nestbox-oci").string
    }()

    static func run(_ arguments: [String]) throws -> Result {
        try start(arguments).finish()
    }

    /// A program that runs beside the test.
    struct Running {
        var pid: pid_t
        fileprivate var folder: String

        /// Waits for its end.
        func finish() throws -> Result {
            defer { for name in ["/out", "/err", ""] { remove(folder + name) } }
            var status: CInt = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
            return Result(status: code, output: output, error: error)
        }

        /// What it has written so far.
        var output: String { text("/out") }
        var error: String { text("/err") }

        private func text(_ name: String) -> String {
            String(decoding: (try? StateFile.read(FilePath(folder + name))) ?? [], as: UTF8.self)
        }
    }

    static func start(_ arguments: [String]) throws -> Running {
        var template = Array("/tmp/nestbox-output-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder + "/out", O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder + "/err", O_WRONLY | O_CREAT, 0o600)
        var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in vector { free(pointer) } }
        var pid = pid_t()
        let spawned = posix_spawnp(&pid, arguments[0], &actions, nil, &vector, environ)
        guard spawned == 0 else {
            for name in ["/out", "/err", ""] { remove(folder + name) }
            throw Errno(rawValue: spawned)
        }
        return Running(pid: pid, folder: folder)
    }
}
