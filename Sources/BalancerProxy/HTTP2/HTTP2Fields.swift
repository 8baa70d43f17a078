// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

/// Header fields of a message on their way to the library.
///
/// The library copies them when they are handed over, the names in lower case; until then what was added must stay where
/// it is.
final class HTTP2Fields {
    private var headers = UnsafeMutableBufferPointer<nghttp2_nv>.allocate(capacity: 32)
    private var count = 0
    /// The values that are nowhere else, one behind another; their headers get an address when all are there.
    private var own = ByteQueue()

    deinit {
        headers.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    /// Begins a message.
    func removeAll() {
        count = 0
        own.clear()
    }

    func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        // An empty value still needs an address, which is never read.
        append(name, value.baseAddress ?? name.baseAddress, value.count)
    }

    func add(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        add(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
    }

    func add(_ name: StaticString, _ value: StaticString) {
        add(name, UnsafeRawBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    func add(_ name: StaticString, number: UInt64) {
        let before = own.count
        own.append(number: number)
        addOwn(name, own.count - before)
    }

    func add(_ name: StaticString, text: String) {
        let before = own.count
        own.append(text: text)
        addOwn(name, own.count - before)
    }

    func add(_ name: StaticString, _ prefix: StaticString, text: String) {
        let before = own.count
        own.append(prefix)
        own.append(text: text)
        addOwn(name, own.count - before)
    }

    private func addOwn(_ name: StaticString, _ length: Int) {
        append(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), nil, length)
    }

    private func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawPointer?, _ length: Int) {
        if count == headers.count { grow() }
        headers.initializeElement(
            at: count,
            to: nghttp2_nv(
                name: Self.pointer(name.baseAddress),
                value: Self.pointer(value),
                namelen: name.count,
                valuelen: length,
                flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)
            )
        )
        count += 1
    }

    /// The library takes pointers to what might be changed, and changes nothing.
    private static func pointer(_ address: UnsafeRawPointer?) -> UnsafeMutablePointer<UInt8>? {
        UnsafeMutablePointer(mutating: address?.assumingMemoryBound(to: UInt8.self))
    }

    private func grow() {
        let larger = UnsafeMutableBufferPointer<nghttp2_nv>.allocate(capacity: headers.count * 2)
        _ = larger.update(fromContentsOf: headers[..<count])
        headers.deallocate()
        headers = larger
    }

    /// Adds those of an answer's headers that are the client's.
    func add(_ message: MessageView) {
        for index in 0..<message.count where ResponseHeadWriter.isForwarded(message.fields[index].kind) {
            add(message.name(index), message.value(index))
        }
    }

    /// Adds those trailers that are handed on.
    func add(trailersOf message: MessageView) {
        for index in 0..<message.count where TrailerWriter.isForwarded(message.fields[index].kind) {
            add(message.name(index), message.value(index))
        }
    }

    /// Calls `body` with the fields as the library takes them.
    func withHeaders<Result>(_ body: (UnsafeBufferPointer<nghttp2_nv>) -> Result) -> Result {
        var next = own.bytes.baseAddress
        for index in 0..<count where headers[index].value == nil {
            headers[index].value = Self.pointer(next)
            next = next.map { $0 + headers[index].valuelen }
        }
        return body(UnsafeBufferPointer(rebasing: headers[..<count]))
    }
}
