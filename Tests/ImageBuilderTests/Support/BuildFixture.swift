// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import ImageBuilder
import ImageStore
import Synchronization
import SystemPackage
import Testing

/// A store with a small base image, a runtime and a builder, in a directory that goes with them.
final class BuildFixture: Sendable {
    let directory: FilePath
    let store: ImageStore
    let runtime: ContainerRuntime
    let log = Mutex<[BuildEvent]>([])

    private init() async throws {
        // In memory where there is enough of it: what is tested is not the disk.
        var status = statvfs()
        let isRoomy = statvfs("/dev/shm", &status) == 0 && UInt64(status.f_bavail) * UInt64(status.f_frsize) > 4 << 30
        let place = isRoomy ? "/dev/shm" : "/tmp"
        directory = FilePath("\(place)/nestbox-builder-tests-\(getpid())-\(UInt64.random(in: .min ... .max))")
        guard mkdir(directory.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
        store = try ImageStore(root: directory.appending("store"))
        var configuration = ContainerRuntime.Configuration()
        configuration.cgroupParent = "nestbox/builder-tests"
        runtime = try ContainerRuntime(configuration: configuration)
    }

    /// Runs a test with a fixture, and checks afterwards that builds left nothing on the host.
    static func with<Value>(_ body: (BuildFixture) async throws -> Value) async throws -> Value {
        let fixture = try await BuildFixture()
        let result: Result<Value, any Error>
        do {
            try await fixture.importBase()
            result = .success(try await body(fixture))
        } catch {
            result = .failure(error)
        }
        try await fixture.expectNothingLeft()
        try await fixture.runtime.close()
        try Shell.run("rm -rf '\(fixture.directory)'")
        return try result.get()
    }

    var builder: ImageBuilder { ImageBuilder(store: store, runtime: runtime) }

    /// Neither a mount, nor a file of a session, nor a running container.
    ///
    /// A value may live a moment longer on another thread.
    func expectNothingLeft(sourceLocation: Testing.SourceLocation = #_sourceLocation) async throws {
        var left = try whatIsLeft()
        for _ in 0..<100 where !left.isEmpty {
            try? await Task.sleep(for: .milliseconds(10))
            left = try whatIsLeft()
        }
        #expect(left.isEmpty, sourceLocation: sourceLocation)
    }

    private func whatIsLeft() throws -> [String] {
        let mounts = try Shell.text("/proc/self/mountinfo").split(separator: "\n").map(String.init).filter {
            $0.contains(directory.string)
        }
        let partial = try Shell.output("ls -A '\(store.root)/partial'").split(separator: "\n").map(String.init)
        let memory = try Shell.output("ls /dev/shm | grep nestbox-\(getpid())- || true").split(separator: "\n")
        return mounts + partial + memory.map(String.init) + runtime.containers.map(\.identifier)
    }

    // MARK: Images

    /// The image `base`: busybox with its commands, a user and a group.
    private func importBase() async throws {
        guard let busybox = Machine.busybox else { return }
        let tree = directory.appending("base")
        try Shell.run(
            """
            mkdir -p '\(tree)/bin' '\(tree)/etc' '\(tree)/tmp' '\(tree)/srv' && cp '\(busybox)' '\(tree)/bin/busybox' &&
            for name in $('\(busybox)' --list); do
                [ $name = busybox ] || ln -s busybox '\(tree)/bin/'$name; done &&
            chmod 1777 '\(tree)/tmp' &&
            printf 'root:x:0:0::/root:/bin/sh\\nuser:x:1000:1001::/home/user:/bin/sh\\n' > '\(tree)/etc/passwd' &&
            printf 'root:x:0:\\nuser:x:1001:\\nstaff:x:50:\\n' > '\(tree)/etc/group' &&
            tar -C '\(tree)' -cf '\(directory)/base.tar' --sort=name --mtime=@1000000000 --owner=0 --group=0 . &&
            rm -rf '\(tree)'
            """
        )
        var defaults = ImageConfiguration.Defaults()
        defaults.environment = ["PATH=/bin"]
        try await store.importRootFilesystem(
            archive: directory.appending("base.tar"),
            as: ImageReference("base"),
            configuration: defaults,
            created: "2026-01-01T00:00:00Z"
        )
    }

    // MARK: Builds

    /// Makes a context of these files, in place of an earlier one of the name.
    ///
    /// A path that ends in a slash is a directory, and `-> x` as the content makes a link.
    func context(_ files: [String: String], named name: String = "context") throws -> BuildContext {
        let root = directory.appending(name).string
        try Shell.run("rm -rf '\(root)' && mkdir -p '\(root)'")
        for (path, content) in files.sorted(by: { $0.key < $1.key }) {
            let target = "\(root)/\(path)"
            if path.hasSuffix("/") {
                try Shell.run("mkdir -p '\(target)'")
                continue
            }
            try Shell.run("mkdir -p \"$(dirname '\(target)')\"")
            if content.hasPrefix("-> ") {
                guard symlink(String(content.dropFirst(3)), target) == 0 else { throw Errno(rawValue: errno) }
            } else {
                try Self.write(content, to: target)
            }
        }
        return .directory(FilePath(root))
    }

    /// Writes a file.
    static func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(
            FilePath(path),
            .writeOnly,
            options: [.create, .truncate],
            permissions: FilePermissions(rawValue: 0o644)
        )
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    /// Builds a Dockerfile with these files as its context.
    @discardableResult
    func build(
        _ dockerfile: String,
        _ files: [String: String] = [:],
        with builder: ImageBuilder? = nil,
        _ change: (inout ImageBuilder.Options) throws -> Void = { _ in }
    ) async throws -> BuildResult {
        var options = ImageBuilder.Options()
        try change(&options)
        log.withLock { $0 = [] }
        return try await (builder ?? self.builder).build(
            try context(files),
            dockerfile: .text(dockerfile),
            options: options
        ) { event in self.log.withLock { $0.append(event) } }
    }

    /// What the commands of the last build wrote.
    var output: [String] {
        log.withLock { $0.filter { $0.kind == .output }.map(\.text) }
    }

    /// What the last build warned of.
    var warnings: [String] {
        log.withLock { $0.filter { $0.kind == .warning }.map(\.text) }
    }

    /// The titles of the last build's steps that came from the cache.
    var cached: [String] {
        log.withLock { $0.filter { $0.kind == .cached }.compactMap(\.step?.title) }
    }

    /// Builds, and gives the directory into which the result's files were written.
    func files(
        _ dockerfile: String,
        _ files: [String: String] = [:],
        with builder: ImageBuilder? = nil,
        _ change: (inout ImageBuilder.Options) throws -> Void = { _ in }
    ) async throws -> BuiltFiles {
        let target = directory.appending("files-\(UInt32.random(in: .min ... .max))")
        try await build(dockerfile, files, with: builder) { options in
            try change(&options)
            options.outputs = [.image, .filesArchive(FilePath("\(target).tar"))]
        }
        try Shell.run("mkdir '\(target)' && tar -C '\(target)' --same-owner -xpf '\(target).tar'")
        return BuiltFiles(root: target.string)
    }
}

/// The files of an image, on the host.
struct BuiltFiles {
    let root: String

    /// A file's content.
    func text(_ path: String) throws -> String { try Shell.text(root + path) }

    /// `permissions user:group` of a file, or `nil` if there is none; of a link its own.
    func status(_ path: String) -> String? {
        var status = stat()
        guard lstat(root + path, &status) == 0 else { return nil }
        return "\(String(status.st_mode & 0o7777, radix: 8)) \(status.st_uid):\(status.st_gid)"
    }

    /// When a file was changed last.
    func time(_ path: String) -> Int? {
        var status = stat()
        return lstat(root + path, &status) == 0 ? Int(status.st_mtim.tv_sec) : nil
    }

    /// All that is below a directory, sorted.
    func list(_ path: String) throws -> [String] {
        try Shell.output("cd '\(root)\(path)' && find . -mindepth 1 | sed 's,^\\./,,' | LC_ALL=C sort")
            .split(separator: "\n").map(String.init)
    }
}
