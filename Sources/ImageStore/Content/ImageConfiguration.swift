// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An image's configuration: what runs in it by default, and the layers its root filesystem is made of.
///
/// Source: OCI image specification, "Image Configuration".
public struct ImageConfiguration: Sendable, Hashable, Codable {
    /// When the image was made, in RFC 3339 form.
    public var created: String?

    /// Who made it.
    public var author: String?

    /// The processor it is for.
    public var architecture: String

    /// The processor's variant.
    public var variant: String?

    /// The operating system it is for.
    public var os: String

    /// The version of the operating system.
    public var osVersion: String?

    /// Features the operating system must have.
    public var osFeatures: [String]?

    /// What runs by default.
    public var config: Defaults?

    /// The layers.
    public var rootfs: RootFilesystem

    /// How each layer came to be.
    public var history: [History]?

    enum CodingKeys: String, CodingKey {
        case created
        case author
        case architecture
        case variant
        case os
        case osVersion = "os.version"
        case osFeatures = "os.features"
        case config
        case rootfs
        case history
    }

    /// Makes a configuration for the platform.
    public init(
        platform: Platform = .current,
        created: String? = nil,
        config: Defaults? = nil,
        rootfs: RootFilesystem,
        history: [History]? = nil
    ) {
        self.created = created
        architecture = platform.architecture
        variant = platform.variant
        os = platform.os
        self.config = config
        self.rootfs = rootfs
        self.history = history
    }
}

extension ImageConfiguration {
    /// The platform the image is for.
    public var platform: Platform {
        Platform(os: os, architecture: architecture, variant: variant)
    }

    /// The layers, named by the digests of their uncompressed archives.
    public struct RootFilesystem: Sendable, Hashable, Codable {
        /// Always `layers`.
        public var type: String

        /// The digests of the uncompressed layer archives, lowest first.
        public var diffIDs: [Digest]

        enum CodingKeys: String, CodingKey {
            case type
            case diffIDs = "diff_ids"
        }

        /// Makes a list of layers.
        public init(diffIDs: [Digest]) {
            type = "layers"
            self.diffIDs = diffIDs
        }
    }

    /// One step of how the image was made.
    public struct History: Sendable, Hashable, Codable {
        /// When, in RFC 3339 form.
        public var created: String?

        /// The command that made the layer.
        public var createdBy: String?

        /// Who made it.
        public var author: String?

        /// A remark.
        public var comment: String?

        /// Whether the step made no layer.
        public var emptyLayer: Bool?

        enum CodingKeys: String, CodingKey {
            case created
            case createdBy = "created_by"
            case author
            case comment
            case emptyLayer = "empty_layer"
        }

        /// Makes a step.
        public init(
            created: String? = nil,
            createdBy: String? = nil,
            comment: String? = nil,
            emptyLayer: Bool? = nil
        ) {
            self.created = created
            self.createdBy = createdBy
            self.comment = comment
            self.emptyLayer = emptyLayer
        }
    }
}
