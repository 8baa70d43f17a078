// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a layer says about the layers below it, by file names that begin with `.wh.`.
///
/// Source: OCI image specification, "Image Layer Filesystem Changeset", sections "Whiteouts" and "Opaque Whiteout".
enum Whiteout: Equatable {
    /// Hide the sibling of this name.
    case hide(LayerPath.CString)
    /// Hide all that lower layers have in the directory.
    case opaque
    /// A leftover of AUFS that means nothing to others.
    case ignored

    private static let prefix = ".wh.".utf8.map(CChar.init)
    private static let opaqueMarker = ".wh..wh..opq".utf8CString.map(\.self)
    private static let nothing: [LayerPath.CString] = ["", ".", ".."].map { Array($0.utf8CString) }

    /// What the name of a file says, if it says anything.
    ///
    /// - Throws: ``ImageStoreError`` with code `hostileArchive` if it tries to hide the directory or its parent.
    init?(name: LayerPath.CString) throws {
        guard name.starts(with: Self.prefix) else { return nil }
        let hidden = LayerPath.CString(name.dropFirst(Self.prefix.count))
        if name == Self.opaqueMarker {
            self = .opaque
        } else if hidden.starts(with: Self.prefix) {
            self = .ignored
        } else {
            guard !Self.nothing.contains(hidden) else {
                let text = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
                throw ImageStoreError(
                    code: .hostileArchive,
                    message: "the archive has a whiteout named '\(text)', which hides no file",
                    path: text
                )
            }
            self = .hide(hidden)
        }
    }
}
