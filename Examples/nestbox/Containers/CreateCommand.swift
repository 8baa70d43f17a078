// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `create`.
struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a container without starting it, and print its identifier.",
        discussion: """
            Example:
              nestbox create --name blog -p 8080:2368 ghost && nestbox start blog
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var provision: ImageProvision
    @OptionGroup var options: ContainerOptions

    @Flag(name: [.short, .long], help: "Let the program read what is written to attach.")
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
        var specification = try options.specification(image: image, command: command)
        specification.name = name
        specification.hasTerminal = tty
        specification.readsInput = interactive
        specification.isRemovedAtEnd = removes
        specification.restart = try RestartPolicy(restart)
        let nestbox = try await engine.open(puller: registry.puller)
        try nestbox.refuse(specification, isStarted: false)
        try await provision.provide(image, specification.platform, nestbox)
        print(try nestbox.create(specification).identifier)
    }
}
