// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// As much of a PostgreSQL client as this example needs: one connection, queries with parameters, results as text.
///
/// See "Frontend/Backend Protocol" in PostgreSQL's documentation.
public final class PostgresConnection {
    /// What the server, or the system, says has gone wrong.
    public struct Failure: Error, CustomStringConvertible {
        /// PostgreSQL's five-letter code, such as 23514 for a violated check; empty if the server did not say.
        public let code: String
        /// What the server says.
        public let description: String
    }

    private let descriptor: CInt

    /// Connects to a server on 127.0.0.1 that trusts everyone.
    public init(port: UInt16, user: String = "postgres") throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.systemFailure("socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Self.systemFailure("connect") }
        var startup = PostgresMessage()
        startup.append(Int32(196_608))  // version 3.0
        for text in ["user", user, ""] { startup.append(text) }
        try send(startup.framed(as: nil))
        _ = try answer()
    }

    deinit {
        close(descriptor)
    }

    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - statement: SQL, with `$1`, `$2` and so on for the parameters.
    ///   - parameters: The parameters as text; `nil` is NULL.
    /// - Returns: The rows; NULL is `nil`.
    /// - Throws: ``Failure``.
    @discardableResult
    public func query(_ statement: String, _ parameters: [String?] = []) throws -> [[String?]] {
        var parse = PostgresMessage()
        parse.append("")
        parse.append(statement)
        parse.append(Int16(0))
        var bind = PostgresMessage()
        bind.append("")
        bind.append("")
        bind.append(Int16(0))
        bind.append(Int16(parameters.count))
        for parameter in parameters { bind.append(counted: parameter) }
        bind.append(Int16(0))
        var execute = PostgresMessage()
        execute.append("")
        execute.append(Int32(0))
        try send(
            parse.framed(as: "P") + bind.framed(as: "B") + execute.framed(as: "E") + PostgresMessage().framed(as: "S")
        )
        return try answer()
    }

    /// Reads messages until the server is ready for the next statement.
    private func answer() throws -> [[String?]] {
        var rows: [[String?]] = []
        var failure: Failure?
        while true {
            let head = try receive(5)
            var reader = PostgresReader(head.dropFirst())
            let size = Int(reader.integer()) - 4
            var body = PostgresReader(try receive(size)[...])
            switch head[0] {
            case UInt8(ascii: "D"): rows.append(body.row())
            case UInt8(ascii: "E"): failure = body.failure()
            case UInt8(ascii: "Z"):
                if let failure { throw failure }
                return rows
            default: break
            }
            // Before the first "ready" an error is the last that comes.
            if let failure, head[0] == UInt8(ascii: "E"), failure.code.hasPrefix("28") { throw failure }
        }
    }

    private func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Self.systemFailure("send") }
            sent += count
        }
    }

    private func receive(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = [UInt8](unsafeUninitializedCapacity: count - bytes.count) { buffer, filled in
                filled = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
            }
            guard !more.isEmpty else { throw Failure(code: "", description: "the server closed the connection") }
            bytes += more
        }
        return bytes
    }

    private static func systemFailure(_ call: String) -> Failure {
        Failure(code: "", description: "\(call): \(String(cString: strerror(errno)))")
    }
}
