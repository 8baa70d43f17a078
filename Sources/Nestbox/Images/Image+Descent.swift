// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore

extension Image {
    /// Whether this image was made from another one, as far as layers and history tell: nothing in an image names its
    /// parent.
    ///
    /// It begins with all layers of the other. Where it has added none, its history goes on where the other's ends; two
    /// without any history can't be told apart.
    func isMade(from base: Image) -> Bool {
        let (layers, first) = (configuration.rootfs.diffIDs, base.configuration.rootfs.diffIDs)
        guard !first.isEmpty, layers.starts(with: first) else { return false }
        let (steps, firstSteps) = (configuration.history ?? [], base.configuration.history ?? [])
        return layers.count > first.count || steps.isEmpty
            || (steps.count > firstSteps.count && steps.starts(with: firstSteps))
    }
}
