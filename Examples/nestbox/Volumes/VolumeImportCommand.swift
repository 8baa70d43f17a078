// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import SystemPackage
import VolumeStore

/// The command `volume import`.
struct VolumeImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a tar archive, read from standard input, the content of a volume.",
        discussion: """
            A volume that does not exist is created. The new content is there whole, or nothing has changed.

            Example:
              nestbox volume import content <content.tar.zst
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(help: "Replace what the volume holds.")
    var replace = false

    @Option(help: ArgumentHelp("Refuse an archive that has another digest.", valueName: "sha256:…"))
    var digest: String?

    @Argument(help: "The volume, which no container uses.")
    var volume: String

    func run() async throws {
        let store = try await engine.open().volumes
        var options = ImportOptions()
        options.replacesContent = replace
        options.expectedDigest = digest
        let isNew = try await !store.list().contains { $0.name == volume }
        try await store.create(VolumeRequest(name: volume))
        do {
            print(try await store.importArchive(volume, from: .standardInput, options: options).digest)
        } catch {
            if isNew { try? await store.remove(volume) }
            throw error
        }
    }
}
