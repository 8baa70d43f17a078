// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Testing

@testable import BalancerProxy

/// Programs that tests run beside the proxy.
enum Tool {
    /// Where a program is; nil if it is not installed.
    static func path(_ name: String) -> String? {
        ["/usr/sbin/", "/usr/bin/", "/bin/", "/usr/local/bin/"].map { $0 + name }.first { access($0, X_OK) == 0 }
    }

    static func has(_ names: String...) -> Bool { names.allSatisfy { path($0) != nil } }

    /// Runs a program to its end and gives what it wrote.
    static func run(_ name: String, _ arguments: String...) async throws -> String {
        try await Thread.run { try runBlocking(name, arguments) }
    }

    private static func runBlocking(_ name: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path(name)))
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// Runs a program for as long as `body` takes.
    static func during<Result>(
        _ name: String,
        _ arguments: [String],
        endingWith signal: Int32 = SIGTERM,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path(name)))
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        defer {
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
        }
        return try await body()
    }

    /// Makes a directory for as long as `body` takes.
    static func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let path = NSTemporaryDirectory() + "nestbox-proxy-\(UInt64.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    /// Makes a certificate that vouches for itself, for localhost and 127.0.0.1.
    static func certificate(in directory: String) async throws -> (chain: String, key: String) {
        let chain = directory + "/certificate.pem"
        let key = directory + "/key.pem"
        _ = try await run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",
            key,
            "-out",
            chain
        )
        return (chain, key)
    }

    /// Waits until someone listens.
    static func awaitListener(_ address: StreamAddress) async throws {
        for _ in 0..<500 {
            if (try? await TestSocket.connect(to: address)) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("nothing listens on \(address)")
    }
}

extension Trait where Self == ConditionTrait {
    /// The test needs these programs.
    static func tools(_ names: String...) -> Self {
        .enabled(if: names.allSatisfy { Tool.path($0) != nil }, "needs \(names.joined(separator: ", "))")
    }
}
