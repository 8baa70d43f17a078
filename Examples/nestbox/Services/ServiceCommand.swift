// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `service`.
struct ServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Run several containers of one image behind one port.",
        discussion: """
            Examples:
              nestbox service create --name web --replicas 3 -p 8080:80 nginx
              nestbox service scale web=5
              nestbox service rm web
            """,
        subcommands: [
            ServiceCreateCommand.self, ServiceScaleCommand.self, ServiceUpdateCommand.self, ServiceListCommand.self,
            ServiceInspectCommand.self,
            ServicePsCommand.self, ServiceLogsCommand.self, ServiceMetricsCommand.self, ServiceRemoveCommand.self,
        ]
    )
}
