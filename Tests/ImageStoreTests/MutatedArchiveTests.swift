// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ImageStore

/// A small fuzzer: whatever bytes an archive or a manifest is changed to, the result is an image or an error.
@Suite("Mutated input", .enabled(if: Privileges.isRoot, "\(Privileges.absence)"))
struct MutatedArchiveTests {
    /// A generator that always gives the same numbers.
    ///
    /// Source: Steele et al., "SplitMix", 2014.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    static let archive = TarBuilder.archive { tar in
        tar.add(directory: "d")
        tar.add(file: "d/f", "content")
        tar.add(.symbolicLink, "d/l", link: "f")
        tar.add(.hardLink, "d/h", link: "d/f")
        tar.add(.file, "d/.wh.gone")
        tar.add(.file, "x", content: [1], pax: [("SCHILY.xattr.user.a", [1, 2]), ("path", Array("long/name".utf8))])
        tar.add(.characterDevice, "c", device: (1, 3))
    }

    @Test("a mutated archive is unpacked or refused, and writes nothing outside", arguments: 0..<8)
    func archives(seed: UInt64) async throws {
        var generator = Generator(state: seed)
        let temporary = try TemporaryStore()
        for round in 0..<25 {
            var bytes = Self.archive
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if round % 5 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            let path = try temporary.write(Self.withChecksums(bytes), as: "mutated.tar")
            do {
                try await temporary.store.importRootFilesystem(archive: path, as: ImageReference("mutated"))
            } catch is ImageStoreError {}
            #expect(try FileTree.names(temporary.store.paths.partial).isEmpty)
        }
        #expect(try FileTree.names(temporary.directory) == ["mutated.tar", "store"])
        let own = ["blobs", "content.lock", "index.json", "index.lock", "oci-layout", "partial", "unpacked"]
        #expect(Set(try FileTree.names(temporary.store.root)).isSubset(of: own))
    }

    @Test("a mutated manifest is read or refused", arguments: 0..<4)
    func manifests(seed: UInt64) throws {
        var generator = Generator(state: seed)
        let digest = Digest(of: [1])
        let config = Descriptor(mediaType: .config, digest: digest, size: 1)
        let valid = try JSONDocument.encode(Manifest(config: config, layers: [config, config]))
        var refused = 0
        for _ in 0..<500 {
            var bytes = valid
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            do {
                try ManifestShape.check(bytes, is: .manifest, digest: digest)
                _ = try JSONDocument.decode(Manifest.self, from: bytes, what: "the manifest")
            } catch is ImageStoreError {
                refused += 1
            }
        }
        #expect(refused > 100)
    }

    /// Mends the headers' checksums, so that mutations get past them.
    private static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, to: bytes.count - 511, by: 512)
        where bytes[start + 257..<start + 262].elementsEqual("ustar".utf8) {
            for index in 148..<156 { bytes[start + index] = UInt8(ascii: " ") }
            let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
            let digits = String(sum, radix: 8)
            let text = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
            for (index, byte) in text.utf8.enumerated() { bytes[start + 148 + index] = byte }
            bytes[start + 154] = 0
        }
        return bytes
    }
}
