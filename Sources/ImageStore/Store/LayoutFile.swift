// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// The file `oci-layout`, which marks a directory as an OCI image layout.
///
/// Source: OCI image specification, "Image Layout".
struct LayoutFile: Codable {
    static let currentVersion = "1.0.0"

    var imageLayoutVersion: String

    /// Checks the file.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidStore` if it is of another version.
    static func check(_ bytes: [UInt8], path: FilePath) throws {
        let file = try JSONDocument.decode(LayoutFile.self, from: bytes, what: "'\(path)'")
        guard file.imageLayoutVersion.hasPrefix("1.") else {
            throw ImageStoreError(
                code: .invalidStore,
                message: "'\(path)' is an image layout of version \(file.imageLayoutVersion); only 1.x is known",
                path: path.string
            )
        }
    }

    /// Checks the file, or writes it if it is missing.
    static func ensure(at path: FilePath) throws {
        if let bytes = try SmallFile.read(path, limit: 1 << 16) { return try check(bytes, path: path) }
        try SmallFile.replace(path, with: JSONDocument.encode(LayoutFile(imageLayoutVersion: currentVersion)))
    }
}
