// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// The command-line tool on a root of its own, which is cleared when this goes.
final class Tool: Sendable {
    let directory: TemporaryDirectory
    let path: FilePath
    var root: FilePath { directory.path.appending("root") }
    private var environment: [String] {
        ["NESTBOX_ROOT=\(root)", "DOCKER_CONFIG=\(directory.path.appending("docker"))"]
    }

    /// Makes a root with the image `box`.
    init() throws {
        directory = try TemporaryDirectory()
        path = Machine.tool ?? "nestbox"
        let archive = try TestArchive()
        defer { withExtendedLifetime(archive) {} }
        let finished = try run(
            "image",
            "import",
            archive.path.string,
            "box",
            "--change",
            #"CMD ["echo", "from the image"]"#
        )
        guard finished.status == 0 else { throw Shell.Failure(arguments: ["import"], reason: finished.error) }
    }

    deinit {
        for name in (try? run("service", "ls", "-q").lines) ?? [] { _ = try? run("service", "rm", name) }
        for identifier in (try? run("ps", "-aq").lines) ?? [] { _ = try? run("rm", "-f", identifier) }
    }

    /// Runs the tool to its end.
    @discardableResult
    func run(_ arguments: String..., input: String = "/dev/null") throws -> Finished {
        try Shell.run([path.string] + arguments, environment: environment, input: input)
    }

    /// Runs the tool to its end without holding up the tasks of other tests.
    @discardableResult
    func finish(_ arguments: String..., input: String = "/dev/null") async throws -> Finished {
        let words = [path.string] + arguments
        let environment = environment
        return try await OwnThread.run { try Shell.run(words, environment: environment, input: input) }
    }

    /// Starts the tool.
    func start(_ arguments: String..., output: FilePath) throws -> Int32 {
        try start(arguments, output: output)
    }

    /// Starts the tool.
    func start(_ arguments: [String], output: FilePath) throws -> Int32 {
        try Shell.start([path.string] + arguments, environment: environment, output: output.string)
    }
}
