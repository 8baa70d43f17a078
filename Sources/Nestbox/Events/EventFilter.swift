// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore

/// Which events are told, in the terms of Docker's `events --filter`.
///
/// Of one kind of condition an event must fulfil one.
///
/// ```swift
/// let filter = try EventFilter(["event=die", "container=web"])
/// for try await event in nestbox.events(filter) { print(event.attributes["exitCode"] ?? "") }
/// ```
public struct EventFilter: Sendable, Hashable {
    /// What it happened to.
    public var kinds: Set<Event.Kind> = []
    /// What happened.
    public var actions: Set<Event.Action> = []
    /// Beginnings of names and identifiers, for events of containers alone.
    public var containers: [String] = []
    /// Images that the container was made from, as it names them; one without a tag stands for all of its tags.
    public var images: [String] = []
    /// Beginnings of names, for events of services and of their containers.
    public var services: [String] = []

    /// Makes a filter that every event passes.
    public init() {}

    /// Reads filters as `NAME=VALUE`.
    ///
    /// - Parameter texts: `type`, `event`, `container`, `image` and `service`, each as often as needed.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public init(_ texts: [String]) throws {
        for text in texts { try take(text) }
    }

    /// Whether an event passes.
    public func matches(_ event: Event) -> Bool {
        (kinds.isEmpty || kinds.contains(event.kind))
            && (actions.isEmpty || actions.contains(event.action))
            && (containers.isEmpty || Self.isContainer(event, of: containers))
            && (images.isEmpty || Self.isImage(event.attributes["image"], of: images))
            && (services.isEmpty || Self.isService(event, of: services))
    }
}

extension EventFilter {
    private mutating func take(_ text: String) throws(NestboxError) {
        let filter = try FilterText(text)
        switch filter.name {
        case "type": kinds.insert(.init(rawValue: try filter.word(of: Event.Kind.all.map(\.rawValue))))
        case "event": actions.insert(.init(rawValue: try filter.word(of: Event.Action.all.map(\.rawValue))))
        case "container": containers.append(filter.value)
        case "image": images.append(filter.value)
        case "service": services.append(filter.value)
        case let name: throw filter.refused("'\(name)' is none of type, event, container, image and service")
        }
    }

    private static func isContainer(_ event: Event, of wanted: [String]) -> Bool {
        guard event.kind == .container else { return false }
        let name = event.attributes["name"] ?? ""
        return wanted.contains { name.hasPrefix($0) || event.identifier.hasPrefix($0) }
    }

    private static func isService(_ event: Event, of wanted: [String]) -> Bool {
        guard let name = event.kind == .service ? event.identifier : event.attributes["service"] else { return false }
        return wanted.contains { name.hasPrefix($0) }
    }

    private static func isImage(_ image: String?, of wanted: [String]) -> Bool {
        guard let image else { return false }
        let own = try? ImageReference(image)
        return wanted.contains { text in
            if text == image { return true }
            guard let own, let reference = try? ImageReference(text) else { return false }
            guard reference.tag != nil || reference.digest != nil else { return reference.repository == own.repository }
            return reference == own.taggedByDefault
        }
    }
}
