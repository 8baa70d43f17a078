// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CImageStore

/// Decompresses gzip's format with ISA-L, which takes about a quarter of the time that zlib takes.
///
/// Source: RFC 1952. Members may follow one another, and zeros may follow the last.
final class GzipReader: Decompressing {
    private let source: any ByteSource
    private let state: OpaquePointer
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)
    private var phase = Phase.member

    private enum Phase {
        case member
        case betweenMembers
        case ended
    }

    init(_ source: any ByteSource) throws {
        guard let state = cimagestore_gunzip_new() else {
            throw ImageStoreError(code: .system, message: "there is no memory to decompress")
        }
        self.state = state
        self.source = source
    }

    deinit {
        cimagestore_gunzip_free(state)
    }

    func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
        var done = 0
        while done < room.count {
            switch phase {
            case .member: done += try inflate(into: UnsafeMutableRawBufferPointer(rebasing: room[done...]))
            case .betweenMembers: try findMember()
            case .ended: return done
            }
        }
        return done
    }

    private func inflate(into room: UnsafeMutableRawBufferPointer) throws -> Int {
        let hasEnded = try input.isEmpty && !refill()
        let count = min(input.count, Int(UInt32.max))
        var io = cimagestore_gunzip_io(
            input: input.baseAddress?.assumingMemoryBound(to: UInt8.self),
            input_count: UInt32(count),
            output: room.baseAddress?.assumingMemoryBound(to: UInt8.self),
            output_count: UInt32(min(room.count, Int(UInt32.max)))
        )
        let offered = io.output_count
        let result = cimagestore_gunzip_run(state, &io)
        input = UnsafeRawBufferPointer(rebasing: input[(count - Int(io.input_count))...])
        let written = Int(offered - io.output_count)
        switch result {
        case Int32(CIMAGESTORE_GUNZIP_ENDED.rawValue): phase = .betweenMembers
        case Int32(CIMAGESTORE_GUNZIP_DAMAGED.rawValue): throw Self.damaged("its content is no gzip data")
        default: if hasEnded, written == 0 { throw Self.damaged("it is cut short") }
        }
        return written
    }

    private func findMember() throws {
        while true {
            if input.isEmpty, try !refill() {
                phase = .ended
                return
            }
            // Tapes and some tools fill up with zeros.
            input = UnsafeRawBufferPointer(rebasing: input.drop { $0 == 0 })
            guard let first = input.first else { continue }
            guard first == 0x1F else { throw Self.damaged("something else follows it") }
            cimagestore_gunzip_begin_member(state)
            phase = .member
            return
        }
    }

    /// Gets more input; `false` at the end.
    private func refill() throws -> Bool {
        input = try source.next()
        return !input.isEmpty
    }

    private static func damaged(_ why: String) -> ImageStoreError {
        ImageStoreError(code: .invalidArchive, message: "the gzip stream is damaged: \(why)")
    }
}
