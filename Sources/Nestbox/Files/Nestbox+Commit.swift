// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore

extension Nestbox {
    /// Makes an image of a container: its image's layers, and what the container has changed as one more.
    ///
    /// Volumes are not part of it. A container that runs should be paused, or else what it writes meanwhile may be in
    /// the image half.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - reference: The image's name; none where `nil`.
    ///   - changes: What a Dockerfile's instructions would set, such as `CMD ["web"]`.
    ///   - comment: A remark for the image's history.
    /// - Returns: The image.
    /// - Throws: ``NestboxError``.
    @discardableResult
    public func commit(
        _ text: String,
        as reference: ImageReference?,
        changes: [String] = [],
        comment: String? = nil
    ) async throws -> Image {
        let record = try container(text)
        do {
            let base = try images.image(record.imageIdentifier)
            var configuration = base.configuration
            var defaults = base.defaults
            for change in changes { try ImageChange.apply(change, to: &defaults) }
            let session = try await images.beginIngest()
            let layer = try await session.writeLayer(of: layout.container(record.identifier).upper, compression: .gzip)
            let now = Moment.now().description
            configuration.created = now
            configuration.config = defaults
            configuration.rootfs.diffIDs.append(layer.diffID)
            let step = ImageConfiguration.History(
                created: now,
                createdBy: record.command.joined(separator: " "),
                comment: comment
            )
            configuration.history = (configuration.history ?? []) + [step]
            let manifest = try session.addImage(configuration, layers: base.manifest.layers + [layer.layer])
            return try session.commit {
                try images.listCommitted(manifest, as: reference?.taggedByDefault, platform: nil)
            }
        } catch {
            throw NestboxError(error, "container '\(record.name)' can't be made an image")
        }
    }
}
