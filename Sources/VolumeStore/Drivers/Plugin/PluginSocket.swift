// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import Glibc
import SystemPackage

/// Asks a plugin over its unix socket: one connection a call, as plugins are asked seldom.
struct PluginSocket: Sendable, Hashable {
    /// The most that an answer may have: a list of some hundred thousand volumes.
    private static let mostBytes = 64 << 20

    /// `MSG_NOSIGNAL` (send(2)): a plugin that leaves is an error and no signal.
    private static let noSignal: Int32 = 0x4000

    let path: FilePath
    /// How long a plugin may stay silent.
    let timeout: Duration

    /// Posts a message and reads the answer.
    ///
    /// - Throws: ``VolumeError`` with `driverUnavailable` if nobody answers, `driverFailed` with what the plugin says.
    func call(_ call: PluginCall, _ request: PluginRequest = PluginRequest()) throws(VolumeError) -> PluginResponse {
        let bytes = try exchange(Self.message(call, request), call)
        guard let response = HTTPResponse(bytes) else { throw unavailable(call, nil, "the answer is no HTTP response") }
        let answer = try? JSONDecoder().decode(PluginResponse.self, from: Data(response.body))
        if let error = answer?.Err, !error.isEmpty { throw failed(call, error) }
        guard response.status == 200, let answer else {
            let text = String(decoding: response.body.prefix(300), as: UTF8.self)
            throw failed(call, "status \(response.status): \(text)")
        }
        return answer
    }

    private static func message(_ call: PluginCall, _ request: PluginRequest) -> [UInt8] {
        // Nothing in it can fail to be encoded.
        let body = [UInt8]((try? JSONEncoder().encode(request)) ?? Data("{}".utf8))
        let head = """
            POST \(call.rawValue) HTTP/1.1\r
            Host: plugin\r
            Accept: \(PluginCall.mediaType)\r
            Content-Type: application/json\r
            Content-Length: \(body.count)\r
            Connection: close\r
            \r

            """
        return Array(head.utf8) + body
    }

    private func exchange(_ message: [UInt8], _ call: PluginCall) throws(VolumeError) -> [UInt8] {
        let socket = try connect(call)
        defer { close(socket) }
        var sent = 0
        while sent < message.count {
            let count = message.withUnsafeBytes { bytes in
                send(socket, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Self.noSignal)
            }
            if count < 0, Errno.last == .interrupted { continue }
            guard count > 0 else { throw unavailable(call, .last, nil) }
            sent += count
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while answer.count < Self.mostBytes {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count < 0, Errno.last == .interrupted { continue }
            guard count >= 0 else { throw unavailable(call, .last, nil) }
            if count == 0 { return answer }
            answer += buffer[..<count]
        }
        throw unavailable(call, nil, "the answer is too long")
    }

    private func connect(_ call: PluginCall) throws(VolumeError) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.string.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw unavailable(call, .fileNameTooLong, nil)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system("socket") }
        var limit = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let error = unavailable(call, .last, nil)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private func unavailable(_ call: PluginCall, _ errno: Errno?, _ detail: String?) -> VolumeError {
        VolumeError(
            .driverUnavailable,
            errno == .wouldBlock
                ? "the volume plugin did not answer within \(timeout)" : "the volume plugin is not there",
            cause: .init(operation: "POST \(call.rawValue)", path: path, errno: errno, detail: detail)
        )
    }

    private func failed(_ call: PluginCall, _ text: String) -> VolumeError {
        VolumeError(
            .driverFailed,
            "the volume plugin refused",
            cause: .init(operation: "POST \(call.rawValue)", path: path, detail: text)
        )
    }
}
