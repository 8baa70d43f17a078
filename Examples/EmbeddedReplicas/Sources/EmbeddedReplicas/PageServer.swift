// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Serves the page, what it shows as server-sent events, and the button that changes the load.
struct PageServer: Service {
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    let port: Int
    let watch: Watch
    let clients: Clients

    func run() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        do {
            try await cancelWhenGracefulShutdown {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { tasks in
                        for try await connection in connections {
                            // One that breaks off is its client's own affair.
                            tasks.addTask { try? await serve(connection) }
                        }
                    }
                }
            }
        } catch is CancellationError {
            // Asked to end, it has.
        }
    }

    private func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            for try await part in inbound {
                guard case .head(let head) = part else { continue }
                try await answer(head, outbound)
            }
        }
    }

    private func answer(
        _ head: HTTPRequestHead,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        let parts = head.uri.split(separator: "?", maxSplits: 1).map(String.init)
        switch (head.method, parts.first) {
        case (.GET, "/"), (.HEAD, "/"):
            let page = ByteBuffer(bytes: PackageResources.Page_html)
            try await send(.ok, "text/html; charset=utf-8", head.method == .HEAD ? nil : page, outbound)
        case (.GET, "/events"):
            try await sendEvents(outbound)
        case (.POST, "/clients"):
            guard parts.count == 2, let count = Int(parts[1]), (0...Clients.most).contains(count) else {
                return try await send(.badRequest, "text/plain", ByteBuffer(string: "0 to \(Clients.most)\n"), outbound)
            }
            clients.wanted = count
            try await send(.noContent, nil, nil, outbound)
        default:
            try await send(.notFound, "text/plain", ByteBuffer(string: "there is no such page\n"), outbound)
        }
    }

    private func send(
        _ status: HTTPResponseStatus,
        _ type: String?,
        _ body: ByteBuffer?,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        var headers = HTTPHeaders()
        if let type { headers.add(name: "content-type", value: type) }
        if let body { headers.add(name: "content-length", value: "\(body.readableBytes)") }
        try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
        if let body { try await outbound.write(.body(.byteBuffer(body))) }
        try await outbound.write(.end(nil))
    }

    /// Sends snapshots until the client leaves or the program ends (WHATWG HTML, "Server-sent events").
    private func sendEvents(_ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>) async throws {
        let headers: HTTPHeaders = ["content-type": "text/event-stream", "cache-control": "no-store"]
        try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)))
        for await snapshot in watch.snapshots() {
            try await outbound.write(.body(.byteBuffer(ByteBuffer(string: "data: \(snapshot)\n\n"))))
        }
        try await outbound.write(.end(nil))
    }
}
