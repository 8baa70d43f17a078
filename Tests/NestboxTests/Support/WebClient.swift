// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Asks a web server on the loopback.
enum WebClient {
    /// The last line of the answer; tried again until the server is up, for about ten seconds.
    static func get(_ path: String, port: UInt16) async throws -> String {
        for _ in 0..<500 {
            let lines = (try? await OwnThread.run { try request(path, port) })?.split(whereSeparator: \.isNewline) ?? []
            if let status = lines.first, status.contains(" 200 "), let body = lines.last { return String(body) }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Errno.timedOut
    }

    /// Asks once, and says whether that was answered.
    static func isAnswered(_ path: String, port: UInt16) async -> Bool {
        let text = try? await OwnThread.run { try request(path, port) }
        return text?.split(whereSeparator: \.isNewline).first?.contains(" 200 ") ?? false
    }

    /// Whether anybody listens on the port.
    static func isOpen(_ port: UInt16) -> Bool {
        guard let connection = try? connect(port) else { return false }
        try? connection.close()
        return true
    }

    private static func request(_ path: String, _ port: UInt16) throws -> String {
        let connection = try connect(port)
        return try connection.closeAfter {
            try connection.writeAll("GET \(path) HTTP/1.0\r\n\r\n".utf8)
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = try chunk.withUnsafeMutableBytes { try connection.read(into: $0) }
                if count == 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes += chunk[..<count]
            }
        }
    }

    static func connect(_ port: UInt16) throws -> FileDescriptor {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Errno(rawValue: errno)
        }
        return FileDescriptor(rawValue: descriptor)
    }
}
