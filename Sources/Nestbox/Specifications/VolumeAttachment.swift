// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A volume or a directory of the host, as a container sees it.
public struct VolumeAttachment: Sendable, Hashable, Codable {
    /// What is attached.
    public enum Source: Sendable, Hashable, Codable {
        /// The volume of this name, made if there is none.
        case named(String)
        /// A new volume for this container alone.
        case anonymous
        /// A file or directory of the host, by its absolute path, which must exist.
        case bind(String)
    }

    /// What is attached.
    public var source: Source
    /// Where: an absolute path in the container.
    public var target: String
    /// Whether the container can't write to it.
    public var isReadOnly: Bool
    /// Whether a new and empty volume receives what the image has at the target.
    public var copiesUp: Bool

    /// Creates an attachment.
    ///
    /// - Parameters:
    ///   - source: What is attached.
    ///   - target: An absolute path in the container.
    ///   - isReadOnly: Whether the container can't write to it.
    ///   - copiesUp: Whether a new and empty volume receives what the image has at the target.
    public init(_ source: Source, at target: String, isReadOnly: Bool = false, copiesUp: Bool = true) {
        self.source = source
        self.target = target
        self.isReadOnly = isReadOnly
        self.copiesUp = copiesUp
    }

    /// Reads what Docker's `-v` takes: `name:/path`, `/host/path:/path` or `/path`, and `:ro`, `:rw` or `:nocopy` behind.
    ///
    /// - Parameter text: What was written.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public init(_ text: String) throws {
        func refused(_ reason: String) -> NestboxError {
            NestboxError(.invalidSpecification, "'\(text)' is no volume to attach: \(reason)")
        }
        let fields = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.count <= 3, !fields.contains("") else { throw refused("it has the form [SOURCE:]/PATH[:ro]") }
        let target = fields.count == 1 ? fields[0] : fields[1]
        guard target.hasPrefix("/") else { throw refused("the path in the container must be absolute") }
        guard target != "/" else { throw refused("it would cover the whole container") }
        self.init(.anonymous, at: target)
        if fields.count > 1 { source = fields[0].hasPrefix("/") ? .bind(fields[0]) : .named(fields[0]) }
        let options = fields.count > 2 ? fields[2].split(separator: ",") : []
        guard !options.contains("ro") || !options.contains("rw") else { throw refused("it can't be both ro and rw") }
        for option in options {
            switch option {
            case "ro": isReadOnly = true
            case "rw": isReadOnly = false
            case "nocopy": copiesUp = false
            default: throw refused("the option '\(option)' is none of ro, rw and nocopy")
            }
        }
    }
}
