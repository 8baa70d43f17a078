// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore

/// The repositories of one registry that are known to have a blob, since the store has images from there.
struct MountOrigins: Sendable {
    private var repositories: [Digest: String] = [:]

    /// None.
    init() {}

    /// Looks through the images of a store for those of the same registry and another repository.
    init(in store: ImageStore, for reference: ImageReference) throws {
        for image in try store.images() {
            guard let name = image.reference, name.domain == reference.domain, name.path != reference.path else {
                continue
            }
            for blob in image.manifest.layers + [image.manifest.config] { repositories[blob.digest] = name.path }
        }
    }

    /// The repository to mount a blob from.
    func repository(with digest: Digest) -> String? { repositories[digest] }
}
