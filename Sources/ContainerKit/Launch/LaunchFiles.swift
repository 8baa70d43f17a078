// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
package import SystemPackage

/// What a launch leaves in a directory, so that another process can start the program and hear how that went.
///
/// The stage waits at a named pipe and reports in a file, where one that is followed by its maker has an eventfd and
/// memory. Whoever can write to the directory can start the container; it has to be root's own.
package struct LaunchFiles: Hashable, Sendable {
    /// The directory.
    package var directory: FilePath

    package init(directory: FilePath) {
        self.directory = directory
    }

    private var gate: FilePath { directory.appending("start") }
    private var plan: FilePath { directory.appending("plan") }
    private var names: FilePath { directory.appending("operations") }

    /// Makes the pipe that the stage waits at.
    ///
    /// It is open for writing too: reading from one that nobody writes to would not wait.
    func openGate() throws(Errno) -> Descriptor {
        guard mkfifo(gate.string, 0o600) == 0 else { throw Errno(rawValue: Glibc.errno) }
        let opened = open(gate.string, O_RDWR | O_CLOEXEC)
        guard opened >= 0 else { throw Errno(rawValue: Glibc.errno) }
        return try Descriptor(owning: opened).aboveStandardStreams()
    }

    /// Writes the plan to a file, and beside it what its operations are called.
    func write(_ bytes: [UInt8], of description: String) throws(Errno) -> Descriptor {
        let opened = open(plan.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw Errno(rawValue: Glibc.errno) }
        let file = try Descriptor(owning: opened).aboveStandardStreams()
        do {
            _ = try file.borrowed.writeAll(bytes)
            let list = try FileDescriptor.open(
                names,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            _ = try list.closeAfter { try list.writeAll(description.utf8) }
        } catch {
            throw (error as? Errno) ?? .ioError
        }
        return file
    }

    /// Starts the program that waits, and waits until it has been executed.
    ///
    /// - Throws: ``ContainerError`` with the operation that failed.
    package func start() throws {
        let opened = open(gate.string, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            throw ContainerError(
                .invalidState,
                "the container can't be started: its program does not wait for it",
                operation: "open",
                path: gate,
                errno: Errno(rawValue: Glibc.errno)
            )
        }
        let pipe = Descriptor(owning: opened)
        // Only one may start it.
        unlink(gate.string)
        var one: UInt64 = 1
        _ = Glibc.write(pipe.rawValue, &one, MemoryLayout<UInt64>.size)
        // The stage keeps the pipe until it executes the program or ends; the kernel then marks this end.
        var entry = pollfd(fd: pipe.rawValue, events: 0, revents: 0)
        while poll(&entry, 1, -1) < 0, Glibc.errno == EINTR {}
        defer { forget() }
        try checkReport()
    }

    /// Removes the files.
    package func forget() {
        for path in [gate, plan, names] { unlink(path.string) }
    }

    private func checkReport() throws {
        let file = try FileDescriptor.open(plan, .readOnly, options: .closeOnExec)
        let report = try file.closeAfter { try StageReport(readingFrom: file) }
        switch report.state {
        case .executing: return
        case .failed(let index, let errno):
            throw ContainerError(
                errno == .noSuchFileOrDirectory ? .executableNotFound : .process,
                "the container's program could not be started",
                operation: operation(index),
                errno: errno
            )
        default: throw ContainerError(.launch, "the container was killed before its program could start")
        }
    }

    private func operation(_ index: Int) -> String? {
        guard let file = try? FileDescriptor.open(names, .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = (try? bytes.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
        let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
        let prefix = "\(index): "
        return lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
