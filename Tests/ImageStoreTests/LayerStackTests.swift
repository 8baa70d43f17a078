// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@testable import ImageStore

@Suite("Layers that an image has twice")
struct LayerStackTests {
    @Test(
        "the upper one stays where it is, and the lower one goes",
        arguments: [
            (["/a", "/b", "/c"], ["/a", "/b", "/c"]),
            (["/a", "/b", "/a"], ["/b", "/a"]),
            (["/a", "/a", "/b", "/b", "/a", "/c"], ["/b", "/a", "/c"]),
            ([], []),
        ] as [([FilePath], [FilePath])]
    )
    func distinct(layers: [FilePath], stacked: [FilePath]) {
        #expect(LayerStack.distinct(layers) == stacked)
    }
}
