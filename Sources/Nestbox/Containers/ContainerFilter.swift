// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore

/// Which containers a list is about, in the terms of Docker's `ps --filter`.
///
/// Of one kind of condition a container must fulfil one, of labels all.
///
/// ```swift
/// let filter = try ContainerFilter(["status=exited", "label=stage=test"])
/// let found = try nestbox.containers(filter)
/// ```
public struct ContainerFilter: Sendable {
    /// Regular expressions, one of which must be found in the name; plain text is found where it is a part.
    public var names: [String] = []
    /// Beginnings of identifiers.
    public var identifiers: [String] = []
    /// Labels that the container must have, with a value if one is given.
    public var labels: [(name: String, value: String?)] = []
    /// Stations of its life, by the names that ``ContainerRecord/Status`` has for them.
    public var statuses: Set<String> = []
    /// Codes that its program has ended with.
    public var exitCodes: Set<Int> = []
    /// Images that it was made from, or that its image was made from: names, or identifiers and their beginnings.
    public var ancestors: [String] = []
    /// Networks that it is connected to, or is to be connected to at its next start: names or identifiers.
    public var networks: [String] = []
    /// Volumes by name, directories of the host, or places in the container where something is attached.
    public var volumes: [String] = []
    /// What its health check has found; `none` where nobody checks.
    public var health: Set<String> = []
    /// Only containers made before this.
    public var before: Moment?

    /// Makes a filter that every container passes.
    public init() {}

    /// Reads filters as `NAME=VALUE`.
    ///
    /// - Parameters:
    ///   - texts: `name`, `id`, `label`, `status`, `exited`, `ancestor`, `network`, `volume`, `health`, and `until` with a
    ///     duration such as `24h` or a moment, each as often as needed; the last `until` counts.
    ///   - now: What durations are counted back from.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public init(_ texts: [String], now: Moment = .now()) throws {
        for text in texts { try take(text, now: now) }
    }

    /// Whether it asks for containers that do not run, so that they are listed without being asked for otherwise.
    public var concernsStopped: Bool { !statuses.isEmpty || !exitCodes.isEmpty }

    /// Whether a container passes, as far as its record tells.
    ///
    /// Networks that it was connected to while it ran, other names of its image, and what that was made from, only the
    /// engine knows.
    public func matches(_ record: ContainerRecord) -> Bool {
        matches(record, ContainerFilterContext())
    }
}

/// What a filter's words stand for in an engine.
struct ContainerFilterContext {
    /// The identifiers of the images that are asked for, and of those made from them.
    var images: Set<String> = []
    /// The identifiers and names of the networks that are asked for.
    var networks: Set<String> = []
    /// The containers that are connected to them.
    var members: Set<String> = []
}

extension ContainerFilter {
    func matches(_ record: ContainerRecord, _ context: ContainerFilterContext) -> Bool {
        passes(names) { Self.isFound($0, in: record.name) }
            && passes(identifiers) { record.identifier.hasPrefix($0) }
            && labels.allSatisfy { name, value in record.labels[name].map { value == nil || $0 == value } ?? false }
            && (statuses.isEmpty || statuses.contains(record.state.status.rawValue))
            && (exitCodes.isEmpty || hasEnded(record))
            && (ancestors.isEmpty || context.images.contains(record.imageIdentifier)
                || ancestors.contains { Self.isImage($0, of: record) })
            && (networks.isEmpty || isConnected(record, context))
            && passes(volumes) { Self.attachments(of: record).contains($0) }
            && (before.map { record.createdAt < $0 } ?? true)
            && (health.isEmpty || health.contains(record.state.health?.status.rawValue ?? "none"))
    }

    private func passes(_ wanted: [String], _ fulfils: (String) -> Bool) -> Bool {
        wanted.isEmpty || wanted.contains(where: fulfils)
    }

    private func hasEnded(_ record: ContainerRecord) -> Bool {
        record.state.status == .exited && record.state.exitCode.map(exitCodes.contains) == true
    }

    private func isConnected(_ record: ContainerRecord, _ context: ContainerFilterContext) -> Bool {
        let own = record.specification.network.mode.description
        return networks.contains(own) || context.networks.contains(own) || context.members.contains(record.identifier)
    }

    /// Docker's names begin with a slash, which an expression may say.
    private static func isFound(_ pattern: String, in name: String) -> Bool {
        guard let expression = try? Regex(pattern) else { return false }
        return name.contains(expression) || "/\(name)".contains(expression)
    }

    /// As it was asked for when the container was made, or by identifier.
    private static func isImage(_ text: String, of record: ContainerRecord) -> Bool {
        if text == record.image { return true }
        let hex = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        if hex.utf8.count >= 4, record.imageIdentifier.dropFirst("sha256:".count).hasPrefix(hex) { return true }
        guard let wanted = try? ImageReference(text), let own = try? ImageReference(record.image) else { return false }
        return wanted.taggedByDefault == own.taggedByDefault
    }

    /// What is attached, and where; of a container that has not been started what is to be.
    private static func attachments(of record: ContainerRecord) -> Set<String> {
        var found: Set<String> = []
        for mount in record.mounts { found.formUnion([mount.volume ?? mount.source, mount.target]) }
        for attachment in record.specification.volumes {
            found.insert(attachment.target)
            switch attachment.source {
            case .named(let name): found.insert(name)
            case .bind(let path): found.insert(path)
            case .anonymous: break
            }
        }
        return found
    }
}
