// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a layer says about the layers below it, by file names that begin with `.wh.`.
///
/// Source: OCI image specification, "Image Layer Filesystem Changeset", sections "Whiteouts" and "Opaque Whiteout".
enum Whiteout: Equatable {
    /// Hide the sibling of this name.
    case hide(String)
    /// Hide all that lower layers have in the directory.
    case opaque
    /// A leftover of AUFS that means nothing to others.
    case ignored

    /// What the name of a file says, if it says anything.
    ///
    /// - Throws: ``ImageStoreError`` with code `hostileArchive` if it tries to hide the directory or its parent.
    init?(name: String) throws {
        guard name.hasPrefix(".wh.") else { return nil }
        if name == ".wh..wh..opq" {
            self = .opaque
        } else if name.hasPrefix(".wh..wh.") {
            self = .ignored
        } else {
            let hidden = String(name.dropFirst(".wh.".count))
            guard !hidden.isEmpty, hidden != ".", hidden != ".." else {
                throw ImageStoreError(
                    code: .hostileArchive,
                    message: "the archive has a whiteout named '\(name)', which hides no file",
                    path: name
                )
            }
            self = .hide(hidden)
        }
    }
}
