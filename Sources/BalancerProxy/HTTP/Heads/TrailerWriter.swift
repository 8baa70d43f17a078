// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Hands trailers on, and leaves out those that could change how a message is understood (RFC 9110 section 6.5.1).
enum TrailerWriter {
    /// Whether a trailer is handed on.
    static func isForwarded(_ kind: FieldKind) -> Bool { kind == .other }

    /// Writes the end of a chunked body: the last chunk, trailers, and the blank line.
    static func writeEnd(trailers: MessageView?, to queue: inout ByteQueue) {
        queue.append("0\r\n")
        if let trailers {
            for index in 0..<trailers.count where isForwarded(trailers.fields[index].kind) {
                queue.append(name: trailers.name(index), value: trailers.value(index))
            }
        }
        queue.append("\r\n")
    }
}

extension ByteQueue {
    /// Adds a chunk, RFC 9112 section 7.1.
    mutating func append(chunk: UnsafeRawBufferPointer) {
        guard chunk.count > 0 else { return }
        append(number: UInt64(chunk.count), base: 16)
        append("\r\n")
        append(chunk)
        append("\r\n")
    }
}
