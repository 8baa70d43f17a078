// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The operating system and processor an image is for.
///
/// Source: OCI image specification, "Image Index", property `platform`.
public struct Platform: Sendable, Hashable, Codable {
    /// The processor, by Go's names: `amd64`, `arm64`.
    public var architecture: String

    /// The operating system: `linux`.
    public var os: String

    /// The version of the operating system, where it matters.
    public var osVersion: String?

    /// Features the operating system must have.
    public var osFeatures: [String]?

    /// The variant of the processor: `v7`, `v8`.
    public var variant: String?

    enum CodingKeys: String, CodingKey {
        case architecture
        case os
        case osVersion = "os.version"
        case osFeatures = "os.features"
        case variant
    }

    /// Makes a platform.
    public init(os: String = "linux", architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// Parses `os/architecture[/variant]`, or an architecture alone, with the usual aliases (`x86_64`, `aarch64`).
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidContent`.
    public init(_ text: String) throws {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), !parts.contains(where: \.isEmpty) else {
            throw ImageStoreError(
                code: .invalidContent,
                message: "'\(text)' is no platform: write os/architecture or os/architecture/variant"
            )
        }
        let architecture = parts.count == 1 ? parts[0] : parts[1]
        self.init(
            os: parts.count == 1 ? "linux" : parts[0],
            architecture: Self.canonical(architecture),
            variant: parts.count == 3 ? parts[2] : nil
        )
    }
}

extension Platform {
    /// The platform this program runs on.
    public static var current: Platform {
        #if arch(x86_64)
        Platform(architecture: "amd64")
        #elseif arch(arm64)
        Platform(architecture: "arm64")
        #else
        Platform(architecture: "unknown")
        #endif
    }

    /// Whether an image for this platform runs where `wanted` is asked for.
    ///
    /// See ``distance(to:)``.
    public func satisfies(_ wanted: Platform) -> Bool {
        distance(to: wanted) != nil
    }

    /// How far an image for this platform is from what is wanted: 0 for the very same, more for one that only runs there
    /// too, and `nil` for one that does not.
    ///
    /// A processor runs what is for its lower variants. Where no variant is said, 64-bit ARM means `v8`, 32-bit ARM
    /// `v7`, and `amd64` its first; elsewhere it means any. Source: containerd, "platforms".
    public func distance(to wanted: Platform) -> Int? {
        guard os == wanted.os, Self.canonical(architecture) == Self.canonical(wanted.architecture) else { return nil }
        if let level, let wantedLevel = wanted.level {
            return level <= wantedLevel ? wantedLevel - level : nil
        }
        guard let variant, let wantedVariant = wanted.variant else { return 0 }
        return variant == wantedVariant ? 0 : nil
    }

    /// The variant as a number that grows with what the processor can do.
    private var level: Int? {
        let implied = ["arm64": "v8", "arm": "v7", "amd64": "v1"][Self.canonical(architecture)]
        guard let text = variant ?? implied, implied != nil, text.hasPrefix("v") else { return nil }
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard let major = parts.first ?? nil, parts.count <= 2 else { return nil }
        return major * 100 + ((parts.count == 2 ? parts[1] : nil) ?? 0)
    }

    private static func canonical(_ architecture: String) -> String {
        switch architecture {
        case "x86_64", "x86-64": "amd64"
        case "aarch64": "arm64"
        case "i386": "386"
        default: architecture
        }
    }
}

extension Platform: CustomStringConvertible {
    /// The platform as users write it: `linux/arm64/v8`.
    public var description: String {
        "\(os)/\(architecture)" + (variant.map { "/\($0)" } ?? "")
    }
}
