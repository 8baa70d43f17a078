// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore
internal import SystemPackage

extension Nestbox {
    /// The containers, the newest first.
    ///
    /// - Parameter includesStopped: Whether those are listed that do not run.
    /// - Returns: Their records, read at this moment.
    /// - Throws: ``NestboxError`` of code `state`.
    public func containers(includesStopped: Bool = true) throws -> [ContainerRecord] {
        do {
            return try Directory(layout.containers).names
                // One that is being made or removed at this moment is none.
                .compactMap { try? layout.container($0).record.read() }
                .filter { includesStopped || $0.isRunning }
                .sorted { $0.createdAt > $1.createdAt }
        } catch {
            throw NestboxError(error, "the containers can't be listed")
        }
    }

    /// The containers that pass a filter, the newest first.
    ///
    /// - Parameters:
    ///   - filter: Which are meant.
    ///   - includesStopped: Whether those are listed that do not run, also if the filter does not ask for them.
    /// - Returns: Their records, read at this moment.
    /// - Throws: ``NestboxError`` of code `state`.
    public func containers(_ filter: ContainerFilter, includesStopped: Bool = false) throws -> [ContainerRecord] {
        let records = try containers(includesStopped: includesStopped || filter.concernsStopped)
        var context = ContainerFilterContext()
        context.images = identifiers(ofImagesFrom: filter.ancestors, among: records)
        // What there is not, no container has.
        for text in filter.networks {
            guard let network = try? network(text) else { continue }
            context.networks.formUnion([network.name, network.identifier])
            context.members.formUnion(networkPlane.store.endpoints(of: network.name).places.keys)
        }
        return records.filter { filter.matches($0, context) }
    }

    /// Of the images that containers have, those that are one of these, or were made from one.
    private func identifiers(ofImagesFrom ancestors: [String], among records: [ContainerRecord]) -> Set<String> {
        let wanted = ancestors.compactMap { try? images.image($0) }
        guard !wanted.isEmpty else { return [] }
        return Set(records.map(\.imageIdentifier)).filter { identifier in
            if wanted.contains(where: { "\($0.id)" == identifier }) { return true }
            guard let image = try? images.image(identifier) else { return false }
            return wanted.contains { image.isMade(from: $0) }
        }
    }

    /// The container of a name, an identifier, or the beginning of one.
    ///
    /// - Parameter text: What a person wrote.
    /// - Returns: Its record, read at this moment.
    /// - Throws: ``NestboxError`` of code `containerNotFound` or `ambiguousIdentifier`.
    public func container(_ text: String) throws -> ContainerRecord {
        if let identifier = owner(ofName: text), let record = try? layout.container(identifier).record.read() {
            return record
        }
        let isIdentifier = !text.isEmpty && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        let matches = isIdentifier ? try containers().filter { $0.identifier.hasPrefix(text) } : []
        guard matches.count < 2 else {
            throw NestboxError(.ambiguousIdentifier, "several containers have an identifier that begins with '\(text)'")
        }
        guard let match = matches.first else {
            throw NestboxError(.containerNotFound, "no such container: \(text)")
        }
        return match
    }
}
