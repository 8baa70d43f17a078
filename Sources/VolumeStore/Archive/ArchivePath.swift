// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Paths as archives hold them.
enum ArchivePath {
    /// The names of a path, without leading slashes and `.`.
    ///
    /// - Throws: ``VolumeError`` with `invalidArchive` for `..`, which no honest archive needs.
    static func components(of path: EntryName) throws(VolumeError) -> [EntryName] {
        let slash = CChar(UInt8(ascii: "/"))
        let dot = CChar(UInt8(ascii: "."))
        var names: [EntryName] = []
        for part in path.bytes.dropLast().split(separator: slash) where !part.elementsEqual([dot]) {
            guard !part.elementsEqual([dot, dot]) else {
                throw VolumeError(
                    .invalidArchive,
                    "the archive has a path that leads out of the volume: '\(path.text)'"
                )
            }
            names.append(EntryName(bytes: part + [0]))
        }
        return names
    }

    static func joined(_ names: [EntryName]) -> EntryName {
        names.reduce("") { $0.appending($1) }
    }
}
