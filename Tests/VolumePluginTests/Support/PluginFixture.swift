// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import Logging
import SystemPackage
import VolumePlugin
import VolumeStore

/// A store with a server that offers it, in a directory for one test.
struct PluginFixture {
    let directory: FilePath
    let store: VolumeStore
    let socket: FilePath

    /// Runs `body` while a server serves a new store.
    ///
    /// - Parameters:
    ///   - socket: Where; in the test's directory by default.
    ///   - body: What to do meanwhile.
    /// - Throws: What `body` throws, and what the server fails with.
    static func with(
        socket: FilePath? = nil,
        _ body: @escaping @Sendable (PluginFixture) async throws -> Void
    ) async throws {
        try await withDirectory { directory in
            let store = try await VolumeStore.open(directory.appending("store"))
            let socket = socket ?? directory.appending("plugins/nestbox.sock")
            try await serving(store, socket) {
                try await body(PluginFixture(directory: directory, store: store, socket: socket))
            }
        }
    }

    /// Runs `body` while a server serves a store.
    static func serving(
        _ store: VolumeStore,
        _ socket: FilePath,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        var logger = Logger(label: "nestbox-plugin-tests") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .debug
        let server = VolumePluginServer(store: store, socket: socket, logger: logger)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                do { try await server.run() } catch is CancellationError {}
                return false
            }
            group.addTask {
                while await !answers(socket) { try await Task.sleep(for: .milliseconds(5)) }
                try await body()
                return true
            }
            // A server that ends by itself has failed to start.
            let first = try await group.next()
            group.cancelAll()
            if first == false { throw CancellationError() }
            try await group.waitForAll()
        }
    }

    static func withDirectory(_ body: (FilePath) async throws -> Void) async throws {
        // Short: a unix socket's path has 107 bytes at most.
        var template = Array("/var/tmp/nestbox-vp-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        let path = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        defer { _ = try? runBlocking("/bin/rm", ["-rf", path.string], [:]) }
        try await body(path)
    }

    /// Whether a server listens there.
    private static func answers(_ path: FilePath) async -> Bool {
        let script = "import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
        guard exists(path) else { return false }
        return (try? await run("/usr/bin/python3", ["-c", script, path.string])) != nil
    }

    static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0
    }

    /// Runs a program; throws what it said if it fails.
    ///
    /// On a thread of its own: the server that it talks to needs those of the tasks.
    @discardableResult
    static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try runBlocking(program, arguments, environment) })
            }
        }
    }

    /// As ``run(_:_:environment:)``, on this thread.
    static func runBlocking(
        _ program: String,
        _ arguments: [String],
        _ environment: [String: String]
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw ProgramFailure(command: ([program] + arguments).joined(separator: " "), output: text)
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// A program that failed.
struct ProgramFailure: Error, CustomStringConvertible {
    var command: String
    var output: String
    var description: String { "\(command): \(output)" }
}
