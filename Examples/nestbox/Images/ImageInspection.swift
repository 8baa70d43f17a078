// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

/// An image in the shape that Docker's `image inspect` gives it; members that have no meaning here are left out.
struct ImageInspection: Encodable {
    struct RootFSPart: Encodable {
        let `Type`: String
        let Layers: [String]
    }

    let Id: String
    let RepoTags: [String]
    let RepoDigests: [String]
    let Created: String
    let Author: String
    let Comment: String
    let Config: ImageConfiguration.Defaults
    let Architecture: String
    let Variant: String?
    let Os: String
    let Size: Int64
    let RootFS: RootFSPart

    /// - Parameters:
    ///   - image: The image.
    ///   - all: All images of the store, which tell its other names.
    init(_ image: Image, among all: [Image]) {
        let names = all.filter { $0.id == image.id }.compactMap(\.reference)
        Id = "\(image.id)"
        RepoTags = names.filter { $0.tag != nil }.map(\.familiar)
        RepoDigests = Set(names.map { $0.pinned(to: image.digest).familiar }).sorted()
        Created = image.created ?? ""
        Author = image.configuration.author ?? ""
        Comment = image.configuration.history?.last?.comment ?? ""
        Config = image.defaults
        Architecture = image.configuration.architecture
        Variant = image.configuration.variant
        Os = image.configuration.os
        Size = image.size
        RootFS = RootFSPart(Type: "layers", Layers: image.configuration.rootfs.diffIDs.map(\.description))
    }
}
