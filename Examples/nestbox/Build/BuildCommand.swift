// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageBuilder
import ImageRegistry
import ImageStore
import Nestbox
import SystemPackage
import UnixSignals

/// The command `build`.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build an image from a Dockerfile.",
        discussion: """
            Examples:
              nestbox build -t blog .
              nestbox build -t blog:2 -f docker/Dockerfile --target server --build-arg VERSION=2 .
              nestbox build --secret id=token,src=token.txt --output type=local,dest=out .
              nestbox build -t blog https://example.com/blog.git#v2:server
              tar -cz . | nestbox build -t blog -
              nestbox build --check .
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var options: BuildFlags

    @Flag(help: "Fetch the images that the Dockerfile names also where they are here.")
    var pull = false

    @Option(
        name: [.short, .long],
        help: "The Dockerfile; 'Dockerfile' in the context by default, - for standard input."
    )
    var file: String?

    @Flag(help: "Look at the Dockerfile and build nothing.")
    var check = false

    @Option(help: "auto, plain or tty: how progress is shown.")
    var progress = ProgressStyle.auto

    @Option(help: "Write the image's identifier to this file.")
    var iidfile: String?

    @Flag(name: [.short, .long], help: "Show no progress, and print the image's identifier.")
    var quiet = false

    @Argument(
        help: """
            The files that may be copied: a directory, a Git repository's address, an archive's address, or - for an \
            archive on standard input. Standard input and an address may also give a Dockerfile alone.
            """
    )
    var context: String

    func validate() throws {
        if context == "-", file == "-" {
            throw ValidationError("the context and the Dockerfile can't both come from standard input")
        }
    }

    func run() async throws {
        try await RegistryClient.with(registry.configuration) { client in
            try await run(options.options(registry: client))
        }
    }

    private func run(_ options: ImageBuilder.Options) async throws {
        let place = try BuildPlace(context, file: file)
        let nestbox = try await engine.open(puller: registry.puller)
        if check {
            let builder = try nestbox.imageBuilder(remoteSources: HTTPFetcher(), repositories: BuildPlace.repositories)
            let found = try await builder.check(place.context, dockerfile: place.dockerfile, options: options)
            return try Self.show(found)
        }
        let result: BuildResult
        do {
            result = try await build(nestbox, place, options)
        } catch {
            // The network that commands had must not stay on the host.
            try? await nestbox.close()
            throw error
        }
        try await nestbox.close()
        if let iidfile { try Self.write("\(result.imageID)", to: HostPath.absolute(iidfile)) }
        if quiet, !self.options.writesArchive { print(result.imageID) }
    }

    /// Builds, shows how it goes, and ends the build if a signal asks for it.
    private func build(
        _ nestbox: Nestbox,
        _ place: BuildPlace,
        _ options: ImageBuilder.Options
    ) async throws -> BuildResult {
        let events = BuildProgress()
        let display = BuildDisplay(quiet ? .none : progress.resolved)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: BuildResult?.self) { tasks in
            tasks.addTask {
                try await events.finishing {
                    try await nestbox.build(
                        place.context,
                        dockerfile: place.dockerfile,
                        options: options,
                        pull: pull ? .always : .missing,
                        remoteSources: HTTPFetcher(),
                        repositories: BuildPlace.repositories,
                        progress: events.handler
                    )
                }
            }
            tasks.addTask {
                await display.show(events)
                return nil
            }
            tasks.addTask {
                for await signal in signals { throw ExitCode(128 + signal.rawValue) }
                return nil
            }
            defer { tasks.cancelAll() }
            var built: BuildResult?
            var isShown = false
            while built == nil || !isShown {
                guard let next = try await tasks.next() else { break }
                if let next { built = next } else { isShown = true }
            }
            guard let built else { throw CancellationError() }
            await display.finish(built, names: options.tags.map(\.description))
            return built
        }
    }

    private static func show(_ check: BuildCheck) throws {
        for warning in check.warnings { print("\(warning)\n") }
        if let error = check.error { throw error }
        let count = check.warnings.count
        print(
            "Check complete, " + (count == 0 ? "no warnings found." : "\(count) warning\(count == 1 ? "" : "s") found.")
        )
        if count > 0 { throw ExitCode(1) }
    }

    private static func write(_ text: String, to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }
}
