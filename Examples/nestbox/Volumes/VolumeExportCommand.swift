// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import SystemPackage
import VolumeStore

/// The command `volume export`.
struct VolumeExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a volume's content to standard output, as a tar archive.",
        discussion: """
            The archive's digest goes to standard error.

            Example:
              nestbox volume export --compress zstd content >content.tar.zst
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var writers: VolumePauseOptions

    @Option(name: [.short, .long], help: "none, gzip or zstd.")
    var compress = "none"

    @Flag(name: [.short, .long], help: "Do not print the digest.")
    var quiet = false

    @Argument(help: "The volume.")
    var volume: String

    func validate() throws {
        guard ["none", "gzip", "zstd"].contains(compress) else {
            throw ValidationError("'\(compress)' is none of none, gzip and zstd.")
        }
        try StandardStreams.refuseTerminalOutput(
            "An archive is not for a terminal: send the output to a file or a program."
        )
    }

    func run() async throws {
        let engine = try await engine.open()
        var options = ExportOptions()
        options.compression = ArchiveCompression(rawValue: compress)
        options.pause = writers.hook(of: engine)
        let summary = try await engine.volumes.exportArchive(volume, to: .standardOutput, options: options)
        for path in summary.skipped { Failure.report("left out, as no archive can hold a socket: \(path)") }
        if !quiet { try FileDescriptor.standardError.writeAll("\(summary.digest)\n".utf8) }
    }
}
