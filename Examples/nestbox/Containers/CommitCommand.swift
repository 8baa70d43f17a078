// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The command `commit`.
struct CommitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit",
        abstract: "Make an image of a container, and print its identifier.",
        discussion: """
            Example:
              nestbox commit --change 'CMD ["nginx"]' web site:2
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

    @Argument(help: "The container, by name or identifier.")
    var container: String

    @Argument(help: "The image's name.")
    var name: String?

    func run() async throws {
        let reference = try name.map { try ImageReference($0) }
        let nestbox = try await engine.open()
        let image = try await nestbox.commit(container, as: reference, changes: change, comment: message)
        print(image.id)
    }
}
