// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import Nestbox
import SystemPackage
import UnixSignals

/// The command `run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a program in a new container.",
        discussion: """
            The exit code is the program's own; 125 if the container could not be set up, 126 if the program could not be
            executed, 127 if it was not found, 128 and the signal's number if a signal ended it.

            Examples:
              nestbox run --rm debian cat /etc/os-release
              nestbox run -d --name blog -p 8080:2368 -v content:/var/lib/ghost --memory 512m ghost
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var provision: ImageProvision
    @OptionGroup var options: ContainerOptions

    @Flag(name: [.short, .long], help: "Leave the container running and print its identifier.")
    var detach = false

    @Flag(name: [.short, .long], help: "Let the program read this terminal's or pipe's input.")
    var interactive = false

    @Flag(name: .customLong("rm"), help: "Remove the container when its program has ended.")
    var removes = false

    @Option(help: "The container's name.")
    var name: String?

    @Argument(help: "The image, by name or identifier.")
    var image: String

    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments, in place of the image's.")
    var command: [String] = []

    func run() async throws {
        var specification = try options.specification(image: image, command: command)
        specification.name = name
        specification.isRemovedAtEnd = removes
        // Fetched here, so that its progress shows, also of what a monitor is to run.
        let nestbox = try await engine.open(puller: registry.puller)
        try await provision.provide(image, nestbox)
        specification.pullPolicy = .never
        if detach {
            print(try await MonitorCommand.program(root: engine.path).run(specification))
        } else {
            try await runAttached(specification, nestbox)
        }
    }

    private func runAttached(_ specification: ContainerSpecification, _ nestbox: Nestbox) async throws {
        let streams = ContainerStreams(inheritsInput: interactive) { stream, bytes in
            let target: FileDescriptor = stream == .standardOutput ? .standardOutput : .standardError
            _ = try? target.writeAll(bytes)
        }
        let container = try await nestbox.launch(specification, streams: streams)
        let signals = await UnixSignalsSequence(
            trapping: .sigint,
            .sigterm,
            .sighup,
            .sigquit,
            .sigusr1,
            .sigusr2
        )
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await Self.forward(signals, to: container) }
            try? await container.run()
            tasks.cancelAll()
        }
        let status = try await container.wait()
        try await nestbox.close()
        throw ExitCode(Int32(status.shellCode))
    }

    /// Passes signals on to the program.
    ///
    /// Who asks three times to end is heard, as with Docker.
    private static func forward(_ signals: UnixSignalsSequence, to container: ManagedContainer) async {
        var requests = 0
        for await signal in signals {
            if [.sigint, .sigterm].contains(signal) { requests += 1 }
            try? container.send(requests < 3 ? Signal(rawValue: signal.rawValue) : .kill)
        }
    }
}
