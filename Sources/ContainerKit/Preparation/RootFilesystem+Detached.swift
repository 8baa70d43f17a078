// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension RootFilesystem {
    /// Mounts the root filesystem attached nowhere: its files can be reached by way of the descriptor alone, and the
    /// mount goes with it.
    ///
    /// - Throws: ``ContainerError`` of code `rootFilesystem`.
    package func openDetached() throws -> Descriptor {
        try validate()
        return try RootFilesystemPreparation(rootFilesystem: self, fault: .none).open()
    }
}
