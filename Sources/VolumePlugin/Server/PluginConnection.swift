// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import VolumeStore

/// One connection of an engine: one request, one answer.
struct PluginConnection: Sendable {
    typealias Channel = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// The most that a request may have.
    private static let mostBytes = 1 << 20

    let answers: PluginAnswers
    let logger: Logger

    /// Reads the request, answers it and closes.
    func serve(_ channel: Channel) async {
        do {
            try await channel.executeThenClose { inbound, outbound in
                var request = Incoming()
                for try await part in inbound {
                    guard request.takes(part, atMost: Self.mostBytes) else { continue }
                    let (status, response) = await reply(request)
                    return try await send(status, response, to: outbound, channel.channel.allocator)
                }
            }
        } catch {
            // An engine that leaves in the middle, or does not speak HTTP.
            logger.debug("plugin connection ended", metadata: ["error": "\(error)"])
        }
    }

    private func reply(_ request: Incoming) async -> (HTTPResponseStatus, PluginResponse) {
        guard let call = PluginCall(rawValue: request.path) else {
            return (.notFound, .failure("no such call: \(request.path)"))
        }
        guard request.method == .POST else { return (.methodNotAllowed, .failure("a call is a POST")) }
        guard !request.isTooLong else { return (.payloadTooLarge, .failure("the request is too long")) }
        // Calls without arguments have no body.
        let body = request.body.isEmpty ? Array("{}".utf8) : request.body
        guard body.first == UInt8(ascii: "{"),
            let message = try? JSONDecoder().decode(PluginRequest.self, from: Data(body))
        else {
            return (.badRequest, .failure("the request is no JSON object of the protocol"))
        }
        return await perform(call, message)
    }

    private func perform(_ call: PluginCall, _ request: PluginRequest) async -> (HTTPResponseStatus, PluginResponse) {
        do {
            let response = try await answers.answer(call, request)
            logger.debug("plugin call", metadata: ["plugin.call": "\(call.rawValue)"])
            return (.ok, response)
        } catch {
            logger.debug("plugin call", metadata: ["plugin.call": "\(call.rawValue)", "error": "\(error)"])
            return (.internalServerError, .failure(error.description))
        }
    }

    private func send(
        _ status: HTTPResponseStatus,
        _ response: PluginResponse,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>,
        _ allocator: ByteBufferAllocator
    ) async throws {
        var response = response
        // Engines take a missing member for an old plugin.
        response.Err = response.Err ?? ""
        let bytes = Array(try JSONEncoder().encode(response))
        let headers: HTTPHeaders = [
            "Content-Type": PluginCall.mediaType, "Content-Length": "\(bytes.count)", "Connection": "close",
        ]
        var buffer = allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
        try await outbound.write(.body(.byteBuffer(buffer)))
        try await outbound.write(.end(nil))
        outbound.finish()
    }
}

/// A request that is being received.
private struct Incoming {
    var method = HTTPMethod.GET
    var path = ""
    var body: [UInt8] = []
    var isTooLong = false

    /// Takes a part of the request.
    ///
    /// - Returns: Whether it can be answered now: it is whole, or too long.
    mutating func takes(_ part: HTTPServerRequestPart, atMost limit: Int) -> Bool {
        switch part {
        case .head(let head):
            method = head.method
            path = head.uri
            return false
        case .body(let bytes):
            body += bytes.readableBytesView
            isTooLong = body.count > limit
            return isTooLong
        case .end:
            return true
        }
    }
}

extension PluginResponse {
    /// An answer that says why not.
    fileprivate static func failure(_ text: String) -> PluginResponse {
        var response = PluginResponse()
        response.Err = text
        return response
    }
}
