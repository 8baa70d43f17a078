// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A path inside a layer, split into components that are safe to create: none is empty, `.` or `..`.
struct LayerPath: Hashable {
    /// The components, outermost first; none for the root.
    let components: [Substring]

    /// Reads a path of an archive: leading slashes and `.` components mean nothing, `..` is refused.
    ///
    /// - Throws: ``ImageStoreError`` with code `hostileArchive` or `limitExceeded`.
    init(_ text: String, limits: LayerLimits) throws {
        guard text.utf8.count <= limits.pathLength else {
            throw ImageStoreError(
                code: .limitExceeded,
                message: "the archive has a path of \(text.utf8.count) bytes; at most \(limits.pathLength) are allowed"
            )
        }
        let components = text.split(separator: "/").filter { $0 != "." }
        guard !components.contains("..") else {
            throw ImageStoreError(
                code: .hostileArchive,
                message: "the archive's path '\(text)' climbs out with '..'",
                path: text
            )
        }
        self.components = components
    }

    private init(components: [Substring]) {
        self.components = components
    }

    /// Whether this is the layer's root.
    var isRoot: Bool { components.isEmpty }

    /// The last component; empty for the root.
    var name: String { components.last.map(String.init) ?? "" }

    /// The directory above.
    var parent: LayerPath { LayerPath(components: components.dropLast()) }

    /// The path with another last component.
    func sibling(_ name: some StringProtocol) -> LayerPath {
        LayerPath(components: components.dropLast() + [Substring(name)])
    }

    /// The path relative to the root; `.` for the root itself.
    var relative: String { isRoot ? "." : components.joined(separator: "/") }
}
