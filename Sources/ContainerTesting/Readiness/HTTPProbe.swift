// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Asks a web server on 127.0.0.1 once.
struct HTTPProbe {
    let port: UInt16
    let path: String

    /// The longest beginning of an answer that is read in search of its status.
    private static let limit = 1024

    /// Asks.
    ///
    /// - Parameter deadline: When to give up.
    /// - Returns: The status of the answer; `nil` if there was none.
    /// - Throws: `CancellationError`.
    func status(until deadline: ContinuousClock.Instant) async throws -> Int? {
        guard let connection = try await LoopbackConnection.open(port: port, until: deadline) else { return nil }
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
        guard connection.send(request) else { return nil }
        var head: [UInt8] = []
        while head.count < Self.limit {
            if let end = head.firstIndex(of: UInt8(ascii: "\n")) { return Self.status(in: head[..<end]) }
            let more = try await connection.receive(until: deadline)
            if more.isEmpty { return nil }
            head += more
        }
        return nil
    }

    /// The status in a status line, `HTTP/1.1 200 OK` (RFC 9112, section 4).
    static func status(in line: some Sequence<UInt8>) -> Int? {
        let words = String(decoding: Array(line), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), words[1].utf8.count == 3 else { return nil }
        return Int(words[1])
    }
}
