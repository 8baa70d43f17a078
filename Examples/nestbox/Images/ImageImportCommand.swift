// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The command `image import`.
struct ImageImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make an image of a root filesystem's archive, and print its identifier.",
        discussion: """
            Example:
              nestbox image import rootfs.tar web --change 'ENV PORT=80' --change 'CMD ["/usr/sbin/nginx"]'
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(
        name: [.short, .long],
        help: "Set what a Dockerfile's instruction sets: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, USER, VOLUME, WORKDIR."
    )
    var change: [String] = []

    @Argument(help: "A tar archive, as it is or compressed.")
    var archive: String

    @Argument(help: "The image's name.")
    var name: String

    func run() async throws {
        var defaults = ImageConfiguration.Defaults()
        for text in change { try ImageChange.apply(text, to: &defaults) }
        let reference = try ImageReference(name)
        let progress = ProgressLine()
        let image = try await engine.open().images.importRootFilesystem(
            archive: HostPath.absolute(archive),
            as: reference.taggedByDefault,
            configuration: defaults,
            created: Moment.now().description,
            progress: progress.handler
        )
        progress.finish()
        print(image.id)
    }
}
