// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Builds one netlink message: a header, a fixed part, and attributes that may hold attributes, netlink(7).
///
/// Numbers are in the machine's byte order, as the kernel takes them, unless it is said otherwise.
struct NetlinkWriter {
    private(set) var bytes: [UInt8] = []

    /// Begins a message; its length is filled in by ``finish()``.
    init(type: UInt16, flags: NetlinkFlags, sequence: UInt32) {
        append(UInt32(0))
        append(type)
        append(flags.rawValue)
        append(sequence)
        append(UInt32(0))
    }

    /// Adds a number.
    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    /// Adds bytes as they are.
    mutating func append(bytes more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// Adds an attribute that is a number.
    mutating func attribute(_ type: UInt16, number: some FixedWidthInteger) {
        attribute(type) { $0.append(number) }
    }

    /// Adds an attribute that is a string, with the NUL that the kernel expects.
    mutating func attribute(_ type: UInt16, string: String) {
        attribute(type) {
            $0.append(bytes: string.utf8)
            $0.append(UInt8(0))
        }
    }

    /// Adds an attribute of bytes.
    mutating func attribute(_ type: UInt16, bytes more: some Sequence<UInt8>) {
        attribute(type) { $0.append(bytes: more) }
    }

    /// Adds an attribute, whose content may be further attributes.
    mutating func attribute(_ type: UInt16, _ content: (inout NetlinkWriter) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        append(type)
        content(&self)
        store(UInt16(bytes.count - start), at: start)
        pad()
    }

    /// The finished message.
    consuming func finish() -> [UInt8] {
        pad()
        store(UInt32(bytes.count), at: 0)
        return bytes
    }

    /// Messages and attributes begin at multiples of four bytes.
    private mutating func pad() {
        while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
    }

    private mutating func store(_ number: some FixedWidthInteger, at offset: Int) {
        withUnsafeBytes(of: number) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }
}
