// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension FilePath {
    /// This path without its leading slash: what is opened below a root's descriptor.
    var relativeToRoot: FilePath {
        FilePath(root: nil, components)
    }

    /// The rest of this path below `ancestor`; `nil` if it isn't below it.
    func below(_ ancestor: FilePath) -> FilePath? {
        var rest = lexicallyNormalized()
        guard rest.removePrefix(ancestor.lexicallyNormalized()), !rest.components.isEmpty else { return nil }
        return rest
    }
}
