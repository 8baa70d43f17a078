// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ImageStore

@Suite("Decompressing gzip", .enabled(if: Shell.has("gzip"), "needs gzip"))
struct GzipReaderTests {
    /// Text that compresses a little, longer than the window of DEFLATE.
    private static let text: [UInt8] = {
        var state: UInt64 = 1
        return (0..<300_000).map { index in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return index % 3 == 0 ? UInt8(truncatingIfNeeded: state >> 60) : UInt8(ascii: "a") + UInt8(index % 11)
        }
    }()

    @Test("content comes out whole, however the input is cut into pieces", arguments: [1, 7, 4_096, 1 << 20])
    func pieces(size: Int) throws {
        let packed = try Self.gzip(Self.text)
        #expect(try Self.content(of: packed, inPiecesOf: size) == Self.text)
    }

    @Test("members that follow one another are one content, and zeros at the end are none", arguments: [1, 1 << 20])
    func members(size: Int) throws {
        let packed = try Self.gzip(Self.text) + Self.gzip(Array("more".utf8)) + [UInt8](repeating: 0, count: 600)
        #expect(try Self.content(of: packed, inPiecesOf: size) == Self.text + Array("more".utf8))
    }

    @Test("a stream that ends too soon is refused, wherever it ends")
    func truncated() throws {
        let packed = try Self.gzip(Array(Self.text.prefix(5_000)))
        for length in [1, 5, 9, 10, 11, packed.count / 2, packed.count - 9, packed.count - 8, packed.count - 1] {
            let error = #expect(throws: ImageStoreError.self, "cut to \(length) bytes") {
                try Self.content(of: Array(packed.prefix(length)), inPiecesOf: 64)
            }
            #expect(error?.code == .invalidArchive)
        }
    }

    @Test("a wrong checksum, a wrong length and bytes behind the end are refused", arguments: [-8, -4, 0])
    func damaged(position: Int) throws {
        var packed = try Self.gzip(Self.text)
        if position == 0 { packed.append(1) } else { packed[packed.count + position] ^= 1 }
        let error = #expect(throws: ImageStoreError.self) { try Self.content(of: packed, inPiecesOf: 4_096) }
        #expect(error?.code == .invalidArchive)
    }

    private static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let path = FilePath("/tmp/nestbox-gzip-\(getpid())-\(UInt64.random(in: .min ... .max))")
        defer { unlink(path.string + ".gz") }
        try FileTree.write(bytes, to: path)
        try Shell.run("gzip -n '\(path)'")
        return try FileTree.read(FilePath(path.string + ".gz"))
    }

    private static func content(of packed: [UInt8], inPiecesOf size: Int) throws -> [UInt8] {
        let source = try DecompressedSource(Pieces(packed, size: size), compression: .gzip, limit: 1 << 30)
        var content: [UInt8] = []
        while case let bytes = try source.next(), !bytes.isEmpty { content += bytes }
        return content
    }

    /// A source that gives few bytes at a time, always in the same memory.
    private final class Pieces: ByteSource {
        private var rest: ArraySlice<UInt8>
        private let size: Int
        private let memory: UnsafeMutableRawBufferPointer

        init(_ bytes: [UInt8], size: Int) {
            rest = bytes[...]
            self.size = size
            memory = .allocate(byteCount: size, alignment: 1)
        }

        deinit {
            memory.deallocate()
        }

        func next() -> UnsafeRawBufferPointer {
            let part = rest.prefix(size)
            rest = rest.dropFirst(size)
            memory.copyBytes(from: part)
            return UnsafeRawBufferPointer(rebasing: memory[..<part.count])
        }
    }
}
