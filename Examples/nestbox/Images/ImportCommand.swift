// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox
import SystemPackage

/// The command `import`, which is `image import` too.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make an image of a root filesystem's archive, and print its identifier.",
        discussion: """
            Example:
              nestbox import rootfs.tar web --change 'ENV PORT=80' --change 'CMD ["/usr/sbin/nginx"]'
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(
        name: [.short, .long],
        help: "Set what a Dockerfile's instruction sets: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, USER, VOLUME, WORKDIR."
    )
    var change: [String] = []

    @Option(name: [.short, .long], help: "A remark for the image's history.")
    var message: String?

    @Option(help: "What the programs in the archive are for: OS/ARCHITECTURE[/VARIANT].")
    var platform: String?

    @Argument(help: "A tar archive, as it is or compressed; - for standard input.")
    var archive: String

    @Argument(help: "The image's name.")
    var name: String?

    func run() async throws {
        var defaults = ImageConfiguration.Defaults()
        for text in change { try ImageChange.apply(text, to: &defaults) }
        let reference = try name.map { try ImageReference($0).taggedByDefault }
        let platform = try platform.map { try Platform(argument: $0) } ?? .current
        let progress = ProgressLine()
        let store = try await engine.open().images
        let image: Image
        if archive == "-" {
            try StandardStreams.refuseTerminalInput()
            image = try await store.importRootFilesystem(
                from: .standardInput,
                as: reference,
                configuration: defaults,
                platform: platform,
                created: Moment.now().description,
                comment: message,
                progress: progress.handler
            )
        } else {
            image = try await ArchiveFile.reading(HostPath.absolute(archive)) {
                try await store.importRootFilesystem(
                    archive: $0,
                    as: reference,
                    configuration: defaults,
                    platform: platform,
                    created: Moment.now().description,
                    comment: message,
                    progress: progress.handler
                )
            }
        }
        progress.finish()
        print(image.id)
    }
}
