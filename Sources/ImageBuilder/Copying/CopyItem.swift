// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// One thing that a `COPY` or `ADD` puts into the image.
struct CopyItem: Sendable {
    /// The name of a copy in a directory.
    var name: FileName
    /// The files; nil for what is fetched only if it must be.
    var tree: SelectedTree?
    /// The digest of what is copied.
    var content: String
    /// The archive's path, if it is one that is to be unpacked.
    var archive: FilePath?
    /// Where it is to be fetched from.
    var remote: String?
    /// The repository that it is to be fetched from.
    var repository: GitSource?
}
