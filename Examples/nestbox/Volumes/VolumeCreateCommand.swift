// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume create`.
struct VolumeCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a volume and print its name.",
        discussion: """
            Examples:
              nestbox volume create content
              nestbox volume create --opt size=64m uploads
              nestbox volume create --opt type=nfs --opt device=:/export --opt o=addr=storage,rw shared
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "What keeps the data.")
    var driver: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Tell the driver: size=64m, or type=, device= and o= as for mount(8).",
            valueName: "key=value"
        )
    )
    var opt: [KeyValue] = []

    @Option(help: ArgumentHelp("Set a label.", valueName: "key=value"))
    var label: [KeyValue] = []

    @Flag(help: "Let one container at a time write.")
    var singleWriter = false

    @Argument(help: "The name; one is made up by default.")
    var name: String?

    func run() async throws {
        let request = VolumeRequest(
            name: name,
            driver: driver,
            options: KeyValue.dictionary(opt),
            labels: KeyValue.dictionary(label),
            sharing: singleWriter ? .singleWriter : .shared
        )
        print(try await engine.open().volumes.create(request).name)
    }
}
