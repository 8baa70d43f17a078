// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// The order in which overlayfs stacks an image's layers.
package enum LayerStack {
    /// What can be stacked of layers' directories, lowest first: each once.
    ///
    /// An image may have the same layer twice, which is one directory here, and overlayfs refuses that (`ELOOP`). The
    /// upper one counts: whatever the lower one shows, the upper one shows as well.
    package static func distinct(_ layers: [FilePath]) -> [FilePath] {
        var above: Set<FilePath> = []
        return Array(layers.reversed().filter { above.insert($0).inserted }.reversed())
    }
}
