// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox
import SystemPackage

/// The command `load`.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Read images from an archive that Docker, Podman, skopeo or 'save' wrote.",
        discussion: """
            Examples:
              nestbox load -i images.tar
              docker save debian | nestbox load
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "The file to read, in place of standard input.")
    var input: String?

    @Flag(name: [.short, .long], help: "Show no progress.")
    var quiet = false

    @Option(help: "Unpack the images for this platform: OS/ARCHITECTURE[/VARIANT].")
    var platform: String?

    func run() async throws {
        let platform = try platform.map { try Platform(argument: $0) } ?? .current
        let store = try await engine.open().images
        let progress = ProgressLine()
        let handler = quiet ? nil : progress.handler
        let images: [Image]
        if let input {
            images = try await ArchiveFile.reading(HostPath.absolute(input)) {
                try await store.load($0, platform: platform, progress: handler)
            }
        } else {
            try StandardStreams.refuseTerminalInput()
            images = try await store.load(from: .standardInput, platform: platform, progress: handler)
        }
        progress.finish()
        for image in images {
            print(image.reference.map { "Loaded image: \($0.familiar)" } ?? "Loaded image ID: \(image.id)")
        }
    }
}
