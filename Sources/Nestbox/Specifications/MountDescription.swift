// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What `--mount` says: a volume, a directory of the host, or a directory in memory.
public struct MountDescription: Sendable, Hashable {
    /// What it comes to.
    public enum Result: Sendable, Hashable {
        /// A volume or a directory of the host.
        case attachment(VolumeAttachment)
        /// A directory in memory.
        case temporary(TemporaryMount)
    }

    /// What it comes to.
    public let result: Result

    /// Reads `type=volume,src=data,dst=/data,readonly` and the like; the type is `volume` where none is stated.
    ///
    /// - Parameter text: What was written.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public init(_ text: String) throws {
        func refused(_ reason: String) -> NestboxError {
            NestboxError(.invalidSpecification, "'\(text)' is nothing to mount: \(reason)")
        }
        var fields: [String: String] = [:]
        for part in text.split(separator: ",").map(String.init) {
            let (key, value) = TemporaryMount.halves(part)
            guard let name = Self.names[key] else { throw refused("there is no field '\(key)'") }
            fields[name] = value ?? "true"
        }
        guard let target = fields["target"], target.hasPrefix("/"), target != "/" else {
            throw refused("it has no absolute target, as in dst=/data")
        }
        let isReadOnly = try Self.flag(fields["readonly"], refused)
        let copiesUp = try !Self.flag(fields["nocopy"], refused)
        let source = fields["source"]
        switch fields["type"] ?? "volume" {
        case "volume":
            let kind: VolumeAttachment.Source = source.map { .named($0) } ?? .anonymous
            result = .attachment(VolumeAttachment(kind, at: target, isReadOnly: isReadOnly, copiesUp: copiesUp))
        case "bind":
            guard let source, source.hasPrefix("/") else { throw refused("a bind has an absolute source") }
            result = .attachment(VolumeAttachment(.bind(source), at: target, isReadOnly: isReadOnly))
        case "tmpfs":
            guard source == nil else { throw refused("a tmpfs has no source") }
            var options = fields["size"].map { ["size=\($0)"] } ?? []
            if let mode = fields["mode"] { options.append("mode=\(mode)") }
            if isReadOnly { options.append("ro") }
            result = .temporary(try TemporaryMount(target + ":" + options.joined(separator: ",")))
        case let type: throw refused("the type '\(type)' is none of volume, bind and tmpfs")
        }
    }

    private static let names = [
        "type": "type", "source": "source", "src": "source", "target": "target", "dst": "target",
        "destination": "target", "readonly": "readonly", "ro": "readonly", "volume-nocopy": "nocopy",
        "tmpfs-size": "size", "tmpfs-mode": "mode",
    ]

    private static func flag(_ value: String?, _ refused: (String) -> NestboxError) throws -> Bool {
        switch value {
        case nil, "false", "0": false
        case "true", "1": true
        case let other?: throw refused("'\(other)' is neither true nor false")
        }
    }
}
