// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

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
              nestbox run -it --rm debian bash
              nestbox run -dit --name shell debian bash && nestbox attach shell
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

    @Flag(name: [.short, .long], help: "Give the program a terminal.")
    var tty = false

    @Flag(name: .customLong("rm"), help: "Remove the container when its program has ended.")
    var removes = false

    @Option(help: "The container's name.")
    var name: String?

    @Option(help: "Start the program again when it has ended: no, on-failure[:TIMES], always, unless-stopped.")
    var restart = "no"

    @Argument(help: "The image, by name or identifier.")
    var image: String

    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments, in place of the image's.")
    var command: [String] = []

    func validate() throws {
        guard !removes || restart == "no" else {
            throw ValidationError("--rm and --restart exclude each other")
        }
    }

    func run() async throws {
        if tty, interactive, !detach { try RawTerminal.requireInput() }
        var specification = try options.specification(image: image, command: command)
        specification.name = name
        specification.hasTerminal = tty
        specification.readsInput = interactive
        specification.restart = try RestartPolicy(restart)
        specification.isRemovedAtEnd = removes
        // Fetched here, so that its progress shows, also of what a monitor is to run.
        let nestbox = try await engine.open(puller: registry.puller)
        try nestbox.refuse(specification, isStarted: true)
        try await provision.provide(image, specification.platform, nestbox)
        specification.pullPolicy = .never
        if detach {
            print(try await MonitorCommand.program(root: engine.path).run(specification))
        } else {
            try await runAttached(specification, nestbox)
        }
    }

    private func runAttached(_ specification: ContainerSpecification, _ nestbox: Nestbox) async throws {
        let streams = AttachedRun.streams(readsInput: interactive, hasTerminal: tty)
        let container = try await nestbox.launch(specification, streams: streams)
        try await AttachedRun(nestbox: nestbox, container: container, readsInput: interactive).finish()
    }
}
