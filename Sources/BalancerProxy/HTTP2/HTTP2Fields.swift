// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

/// Header fields on their way to the library, which copies them.
struct HTTP2Fields {
    private var bytes: [UInt8] = []
    private var slices: [(name: Range<Int>, value: Range<Int>)] = []

    init() {}

    init(status: Int) {
        // One allocation each for what most answers have.
        bytes.reserveCapacity(512)
        slices.reserveCapacity(16)
        add(":status", "\(status)")
    }

    var isEmpty: Bool { slices.isEmpty }

    mutating func add(_ name: String, _ value: String) {
        let start = bytes.count
        bytes += name.utf8
        let middle = bytes.count
        bytes += value.utf8
        slices.append((start..<middle, middle..<bytes.count))
    }

    /// Adds a pseudo-header, whose name is in lower case.
    mutating func add(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        add(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
    }

    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let start = bytes.count
        bytes += name
        for index in start..<bytes.count { bytes[index] = ASCII.lowercase(bytes[index]) }
        let middle = bytes.count
        bytes += value
        slices.append((start..<middle, middle..<bytes.count))
    }

    /// Adds those of an answer's headers that are the client's.
    mutating func add(_ message: MessageView, from worker: HTTPWorker) {
        for index in 0..<message.count where ResponseHeadWriter.isForwarded(message.fields[index].kind) {
            if !message.name(index).matches("proxy-connection") { add(message.name(index), message.value(index)) }
        }
    }

    /// Adds those trailers that are handed on.
    mutating func add(trailersOf message: MessageView) {
        for index in 0..<message.count where TrailerWriter.isForwarded(message.fields[index].kind) {
            add(message.name(index), message.value(index))
        }
    }

    /// Calls `body` with the fields as the library takes them.
    func withHeaders<Result>(_ body: (UnsafeBufferPointer<nghttp2_nv>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { bytes in
            withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: slices.count) { headers in
                for (index, slice) in slices.enumerated() {
                    // An empty value still needs an address, which is never read.
                    let base = UnsafeMutablePointer(mutating: bytes.baseAddress)
                    headers.initializeElement(
                        at: index,
                        to: nghttp2_nv(
                            name: base.map { $0 + slice.name.lowerBound },
                            value: base.map { $0 + slice.value.lowerBound },
                            namelen: slice.name.count,
                            valuelen: slice.value.count,
                            flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)
                        )
                    )
                }
                return body(UnsafeBufferPointer(headers))
            }
        }
    }
}
