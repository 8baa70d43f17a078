// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The flags of `ps` and `container ls`, and what they print.
struct ContainerList: ParsableArguments {
    @Flag(name: [.short, .long], help: "List those too that do not run.")
    var all = false

    @Flag(name: [.short, .long], help: "Print identifiers only.")
    var quiet = false

    @Flag(name: .customLong("no-trunc"), help: "Print identifiers and commands in full.")
    var isWhole = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Only those that fit: name=, id=, label=, status=, exited=, ancestor=, network=, volume=, health=, until=.",
            valueName: "name=value"
        )
    )
    var filter: [String] = []

    @Option(help: "table or json.")
    var format = ListFormat.table

    func show(_ nestbox: Nestbox) throws {
        let filter = try ContainerFilter(filter)
        let records = try nestbox.containers(filter, includesStopped: all)
        let lines = records.map { ContainerLine($0, truncates: !isWhole) }
        if quiet {
            for line in lines { print(line.ID) }
        } else if format == .json {
            try JSONOutput.lines(lines)
        } else {
            var table = Table("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES")
            for line in lines {
                table.add(line.ID, line.Image, line.Command, line.RunningFor, line.Status, line.Ports, line.Names)
            }
            table.show()
        }
    }
}
