// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Paths in their shortest form, by their text alone.
package enum CleanPath {
    /// `path` without empty, `.` and inner `..` components and without a trailing slash; `.` for nothing.
    ///
    /// `..` at the start of a relative path stays, at the root it goes.
    package static func clean(_ path: String) -> String {
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        var components: [Substring.UTF8View] = []
        for component in path.utf8.split(separator: UInt8(ascii: "/")) {
            if component.elementsEqual(".".utf8) { continue }
            guard component.elementsEqual("..".utf8) else {
                components.append(component)
                continue
            }
            if let last = components.last, !last.elementsEqual("..".utf8) {
                components.removeLast()
            } else if !isAbsolute {
                components.append(component)
            }
        }
        let joined = components.map { String(Substring($0)) }.joined(separator: "/")
        if isAbsolute { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }

    /// `path` seen from the directory `base`, cleaned.
    package static func join(_ base: String, _ path: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? clean(path) : clean(base + "/" + path)
    }
}
