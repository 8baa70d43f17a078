// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import ImageStore
import Nestbox
import SystemPackage

/// The command `save`.
struct SaveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Write images to an archive, which Docker, Podman and skopeo read.",
        discussion: """
            Examples:
              nestbox save -o images.tar site:2 debian
              nestbox save site:2 | docker load
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "The file to write, in place of standard output.")
    var output: String?

    @Argument(help: "The images, by name or identifier.")
    var images: [String]

    func run() async throws {
        let store = try await engine.open().images
        let chosen = try images.map { try store.image($0) }
        if let output {
            try await store.save(chosen, to: HostPath.absolute(output))
        } else {
            try StandardStreams.refuseTerminalOutput()
            try await store.save(chosen, into: .standardOutput)
        }
    }
}
