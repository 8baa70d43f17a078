// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import Glibc
import SystemPackage

/// The files of one run of the benchmark, in a temporary directory.
struct Workspace {
    /// The directory that holds all the others.
    let directory: FilePath

    /// The root filesystem that every contender uses.
    var root: FilePath { directory.appending("root") }

    /// Where overlay uppers are made, one for each launch.
    var uppers: FilePath { directory.appending("uppers") }

    /// Runs a closure with a workspace that is gone afterwards, whatever happened.
    ///
    /// - Parameters:
    ///   - parent: Where the temporary directory is made.
    ///   - body: What to do with it.
    /// - Throws: ``BenchError``, or what the closure throws.
    static func with(in parent: FilePath, _ body: (Workspace) async throws -> Void) async throws {
        var template = Array(parent.appending("nestbox-bench.XXXXXX").string.utf8CString)
        guard mkdtemp(&template) != nil else {
            throw BenchError("No temporary directory can be made in \(parent).")
        }
        let name = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let workspace = Workspace(directory: FilePath(String(decoding: name, as: UTF8.self)))
        defer { try? FileManager.default.removeItem(atPath: workspace.directory.string) }
        try workspace.makeRoot()
        try await body(workspace)
    }

    /// A bundle for an OCI runtime.
    ///
    /// - Parameters:
    ///   - name: The bundle's own name, which becomes that of its control group as well.
    ///   - program: What it runs.
    /// - Returns: The bundle's directory.
    /// - Throws: The error of the file system.
    @discardableResult
    func makeBundle(_ name: String, program: String = "/bin/true") throws -> FilePath {
        let bundle = directory.appending("bundles").appending(name)
        try makeDirectory(bundle)
        let configuration = OCIConfiguration(program: program, root: root, group: name)
        try write(configuration.json(), to: bundle.appending("config.json"))
        return bundle
    }

    /// Writes a file, readable and executable by all.
    func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate, .closeOnExec],
            permissions: FilePermissions(rawValue: 0o755)
        )
        _ = try file.closeAfter { try file.writeAll(bytes) }
    }

    /// Makes a directory and those above it.
    func makeDirectory(_ path: FilePath) throws {
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }

    private func makeRoot() throws {
        for name in ["bin", "dev", "etc", "proc", "sys", "tmp"] { try makeDirectory(root.appending(name)) }
        try makeDirectory(uppers)
        try write(TinyProgram.succeed.image, to: root.appending("bin/true"))
        try write(TinyProgram.wait.image, to: root.appending("bin/wait"))
    }
}
