// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ImageStore

@Suite("Platforms")
struct PlatformTests {
    @Test(
        "an image suits a processor of its variant or a higher one",
        arguments: [
            ("linux/amd64", "linux/amd64", 0), ("linux/amd64/v3", "linux/amd64", nil),
            ("linux/amd64", "linux/amd64/v3", 200),
            ("linux/arm64", "linux/arm64/v8", 0), ("linux/arm64/v8", "linux/arm64", 0),
            ("linux/arm/v6", "linux/arm/v7", 100),
            ("linux/arm/v7", "linux/arm", 0), ("linux/arm/v7", "linux/arm/v6", nil), ("linux/x86_64", "amd64", 0),
            ("linux/ppc64le", "linux/ppc64le", 0), ("windows/amd64", "linux/amd64", nil),
            ("linux/386", "linux/amd64", nil),
        ] as [(String, String, Int?)]
    )
    func distance(offered: String, wanted: String, distance: Int?) throws {
        #expect(try Platform(offered).distance(to: Platform(wanted)) == distance)
    }

    @Test("of several that suit, the closest is chosen, whatever their order", arguments: [false, true])
    func closest(isReversed: Bool) throws {
        let offered = try ["linux/arm/v5", "linux/arm/v7", "linux/arm/v6", "linux/arm64"].map { try Platform($0) }
        let entries = (isReversed ? offered.reversed() : offered).enumerated().map { number, platform in
            Descriptor(mediaType: .manifest, digest: Digest(of: [UInt8(number)]), size: 1, platform: platform)
        }
        let bytes = try JSONDocument.encode(Index(manifests: entries))
        let index = Descriptor(mediaType: .index, digest: Digest(of: bytes), size: Int64(bytes.count))
        let temporary = try TemporaryStore()
        let file = try temporary.write(bytes, as: "index")
        let content = StoredContent(limits: LayerLimits()) { _ in file }
        #expect(try content.choose(under: index, for: Platform("linux/arm/v7")).platform?.variant == "v7")
        #expect(try content.choose(under: index, for: Platform("linux/arm/v6")).platform?.variant == "v6")
        #expect(throws: ImageStoreError.self) { try content.choose(under: index, for: Platform("linux/riscv64")) }
    }
}
