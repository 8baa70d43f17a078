// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import SystemPackage

/// The flags that say what a container sees beside its image.
struct MountFlags: ParsableArguments {
    @Option(name: [.short, .long], help: "Attach a volume or a directory: [NAME-OR-PATH:]PATH[:ro].")
    var volume: [String] = []

    @Option(help: "Attach something: type=volume|bind|tmpfs,src=…,dst=…[,readonly].")
    var mount: [String] = []

    @Option(help: "A directory in memory: PATH[:size=64m,mode=1777,ro].")
    var tmpfs: [String] = []

    func apply(to specification: inout ContainerSpecification) throws {
        specification.volumes = try volume.map(Self.attachment)
        specification.temporary = try tmpfs.map { try TemporaryMount($0) }
        for text in mount {
            switch try MountDescription(Self.fromHere(text)).result {
            case .attachment(let attachment): specification.volumes.append(attachment)
            case .temporary(let temporary): specification.temporary.append(temporary)
            }
        }
    }

    /// The description with a source that begins with a dot as the path that it is in this shell.
    private static func fromHere(_ text: String) -> String {
        text.split(separator: ",", omittingEmptySubsequences: false).map { field in
            let name = field.prefix { $0 != "=" }
            let value = field.dropFirst(name.count + 1)
            guard ["source", "src"].contains(name), value.hasPrefix(".") else { return String(field) }
            return "\(name)=\(HostPath.absolute(String(value)))"
        }.joined(separator: ",")
    }

    /// A path that begins with a dot is one of this shell's.
    private static func attachment(_ text: String) throws -> VolumeAttachment {
        guard text.hasPrefix(".") else { return try VolumeAttachment(text) }
        let source = text.prefix { $0 != ":" }
        return try VolumeAttachment(HostPath.absolute(String(source)).string + text.dropFirst(source.count))
    }
}
