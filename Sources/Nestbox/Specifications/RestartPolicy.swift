// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Whether a container's program is started again when it has ended: what `--restart` says.
public struct RestartPolicy: Sendable, Hashable, CustomStringConvertible {
    enum Kind: Hashable {
        case no
        case onFailure(most: Int?)
        case always
        case unlessStopped
    }

    let kind: Kind

    private init(_ kind: Kind) {
        self.kind = kind
    }

    /// It is not.
    public static let no = RestartPolicy(.no)
    /// It always is, unless someone stops the container.
    public static let always = RestartPolicy(.always)
    /// As ``always``.
    ///
    /// The two differ where something starts containers when the machine starts, which no daemon does here.
    public static let unlessStopped = RestartPolicy(.unlessStopped)

    /// It is if the program failed.
    ///
    /// - Parameter most: How many times in a row; without end where `nil`.
    /// - Returns: The policy.
    public static func onFailure(most: Int? = nil) -> RestartPolicy {
        RestartPolicy(.onFailure(most: most))
    }

    /// Reads what `--restart` takes: `no`, `on-failure`, `on-failure:5`, `always` or `unless-stopped`.
    ///
    /// - Parameter text: What was written.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public init(_ text: String) throws(NestboxError) {
        switch text {
        case "", "no": self = .no
        case "always": self = .always
        case "unless-stopped": self = .unlessStopped
        case "on-failure": self = .onFailure()
        default:
            guard text.hasPrefix("on-failure:"), let most = Int(text.dropFirst("on-failure:".count)), most >= 0 else {
                throw NestboxError(
                    .invalidSpecification,
                    "'\(text)' is no restart policy: no, on-failure[:TIMES], always and unless-stopped are"
                )
            }
            self = .onFailure(most: most == 0 ? nil : most)
        }
    }

    /// The policy as `--restart` takes it.
    public var description: String {
        switch kind {
        case .no: "no"
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        case .onFailure(let most): most.map { "on-failure:\($0)" } ?? "on-failure"
        }
    }

    /// The policy's name, and the number that may follow it, as `inspect` shows them.
    public var parts: (name: String, most: Int) {
        if case .onFailure(let most) = kind { return ("on-failure", most ?? 0) }
        return (description, 0)
    }
}

extension RestartPolicy: Codable {
    /// Reads the policy as `--restart` takes it.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the policy as `--restart` takes it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
