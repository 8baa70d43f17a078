// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An answer's trailers, kept until its body has been sent.
struct HTTP2Trailers: ~Copyable {
    private var bytes = ByteQueue()
    private var slices: [(name: ByteSlice, value: ByteSlice)] = []

    /// Copies those that are handed on.
    init(_ message: MessageView) {
        for index in 0..<message.count where TrailerWriter.isForwarded(message.fields[index].kind) {
            let (name, value) = (message.name(index), message.value(index))
            let start = bytes.count
            bytes.append(name)
            bytes.append(value)
            slices.append((ByteSlice(start..<start + name.count), ByteSlice(start + name.count..<bytes.count)))
        }
    }

    var isEmpty: Bool { slices.isEmpty }

    /// Adds them to fields that are handed to the library before this value goes.
    func add(to fields: HTTP2Fields) {
        for slice in slices { fields.add(bytes.bytes[slice.name], bytes.bytes[slice.value]) }
    }
}
