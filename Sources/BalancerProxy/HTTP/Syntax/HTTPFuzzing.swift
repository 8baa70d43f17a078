// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The parsers for hostile bytes, for programs that hand them such bytes and look for what breaks.
@_spi(Fuzzing) public enum HTTPFuzzing {
    /// Reads bytes as a request, an answer, and a PROXY header, and forwards what was taken.
    ///
    /// - Parameters:
    ///   - bytes: Any bytes.
    ///   - mostFields: The most headers that are taken.
    ///   - mostBytes: The longest head that is taken.
    /// - Returns: What would be forwarded of a request whose head is whole; nil if it is refused or incomplete.
    public static func forward(_ bytes: [UInt8], mostFields: Int = 64, mostBytes: Int = 8192) -> [UInt8]? {
        let fields = FieldList(capacity: mostFields)
        return bytes.withUnsafeBytes { raw in
            _ = ProxyHeader.read(raw)
            var scanner = HeadScanner()
            guard let length = try? scanner.findEnd(in: raw, limit: mostBytes) else { return nil }
            let bytes = raw.part(0..<length)
            _ = try? ResponseParser.read(bytes, answering: .get, into: fields)
            guard let head = try? RequestParser.read(bytes, into: fields) else { return nil }
            var forwarded = ByteQueue()
            RequestHeadWriter(
                head: head,
                message: MessageView(bytes: bytes, fields: fields),
                origin: RequestOrigin(peer: .loopback(port: 1), isSecure: false),
                forwarding: ForwardingHeaders()
            ).write(to: &forwarded)
            readBody(raw.from(length), head.framing)
            return Array(forwarded.bytes)
        }
    }

    private static func readBody(_ bytes: UnsafeRawBufferPointer, _ framing: BodyFraming) {
        var reader = BodyReader(framing)
        var position = 0
        while true {
            guard let step = try? reader.next(in: bytes, from: &position, limit: 4096) else { return }
            guard case .data = step else { return }
        }
    }
}
