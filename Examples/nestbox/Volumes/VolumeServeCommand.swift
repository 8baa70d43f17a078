// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Logging
import Nestbox
import ServiceLifecycle
import SystemPackage
import UnixSignals
import VolumePlugin

/// The command `volume serve`.
struct VolumeServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Let Docker and Podman keep their volumes here, until interrupted.",
        discussion: """
            Docker finds the plugin by the place of its socket; Podman is told in containers.conf, under
            [engine.volume_plugins]: nestbox = "/run/docker/plugins/nestbox.sock".

            Example, of which the second line is for another shell:
              nestbox volume serve
              docker volume create --driver nestbox --opt size=64m uploads
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "The unix socket; the name of the file is the name of the driver.")
    var socket = VolumePluginServer.standardSocket.string

    @Flag(name: [.short, .long], help: "Print each call.")
    var verbose = false

    func run() async throws {
        var logger = Logger(label: "nestbox.volumes")
        logger.logLevel = verbose ? .debug : .notice
        let server = VolumePluginServer(
            store: try await engine.open().volumes,
            socket: HostPath.absolute(socket),
            logger: logger
        )
        let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}
