// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume create`.
struct VolumeCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a volume and print its name."
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "Set a label: NAME=value.")
    var label: [String] = []

    @Argument(help: "The name; one is made up by default.")
    var name: String?

    func run() async throws {
        var request = VolumeRequest(name: name)
        for text in label {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            request.labels[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        print(try await engine.open().volumes.create(request).name)
    }
}
