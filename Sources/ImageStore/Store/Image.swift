// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An image in the store.
public struct Image: Sendable, Hashable {
    /// The name it was asked for or is listed by; `nil` for an image without a name.
    public let reference: ImageReference?

    /// The entry of the store's index: a manifest, or an index of several platforms.
    public let target: Descriptor

    /// The manifest for the chosen platform.
    public let manifestDescriptor: Descriptor

    /// The manifest's content.
    public let manifest: Manifest

    /// The configuration: what runs by default, and how the image was made.
    public let configuration: ImageConfiguration

    init(
        reference: ImageReference?,
        target: Descriptor,
        manifestDescriptor: Descriptor,
        manifest: Manifest,
        configuration: ImageConfiguration
    ) {
        self.reference = reference
        self.target = target
        self.manifestDescriptor = manifestDescriptor
        self.manifest = manifest
        self.configuration = configuration
    }
}

extension Image {
    /// The image's id, as Docker counts it: the digest of its configuration.
    public var id: Digest { manifest.config.digest }

    /// The digest that names the image in a registry.
    public var digest: Digest { target.digest }

    /// When it was made, in RFC 3339 form.
    public var created: String? { configuration.created }

    /// The bytes that its blobs take: layers as they are stored, configuration and manifest.
    public var size: Int64 {
        manifest.layers.reduce(manifest.config.size + manifestDescriptor.size) { $0 + $1.size }
    }

    /// What runs in a container of it by default.
    public var defaults: ImageConfiguration.Defaults { configuration.config ?? ImageConfiguration.Defaults() }

    /// How each layer came to be, lowest first, with the bytes its blob takes; a step that made no layer takes none.
    public var history: [(step: ImageConfiguration.History, size: Int64)] {
        var layers = manifest.layers[...]
        return (configuration.history ?? []).map { step in
            (step, step.emptyLayer == true ? 0 : layers.popFirst()?.size ?? 0)
        }
    }
}
