// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox
import SystemPackage

/// The command `system info`, and `info`.
struct SystemInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tell about this machine and root.",
        discussion: """
            Example:
              nestbox system info
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let nestbox = try await engine.open()
        let information = try SystemInformation(nestbox)
        if format == .json { return try JSONOutput.lines([information]) }
        var table = Table("ROOT", information.RootDir)
        table.add("CONTAINERS", "\(information.Containers) (\(information.ContainersRunning) running)")
        table.add("IMAGES", "\(information.Images)")
        table.add("NETWORKS", "\(information.Networks)")
        table.add("SERVICES", "\(information.Services)")
        table.add("KERNEL", information.KernelVersion)
        table.add("PROCESSORS", "\(information.NCPU)")
        table.add("MEMORY", ByteText.text(information.MemTotal))
        table.show()
    }
}

/// A machine and a root as `system info` shows them.
struct SystemInformation: Encodable {
    let RootDir: String
    let Containers: Int
    let ContainersRunning: Int
    let Images: Int
    let Networks: Int
    let Services: Int
    let KernelVersion: String
    let Architecture: String
    let NCPU: Int
    let MemTotal: Int64
    let ServerVersion: String

    init(_ nestbox: Nestbox) throws {
        let containers = try nestbox.containers()
        RootDir = nestbox.root.string
        Containers = containers.count
        ContainersRunning = containers.filter(\.isRunning).count
        Images = try nestbox.images.images().count
        Networks = try nestbox.networks().count
        Services = try nestbox.services().count
        KernelVersion = SystemFacts.kernel
        Architecture = SystemFacts.architecture
        NCPU = SystemFacts.processors
        MemTotal = SystemFacts.memory
        ServerVersion = NestboxCommand.configuration.version
    }
}
