// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
internal import ImageStore
internal import NIOCore
internal import NIOHTTP1

extension RegistryClient {
    /// Streams a blob into a receiver; a broken stream is taken up where it broke.
    ///
    /// - Throws: ``RegistryError``; ``ImageStoreError`` if more comes than was announced.
    func download(
        from reference: ImageReference,
        into receiver: BlobReceiver,
        progress: ProgressHandler?
    ) async throws {
        let digest = receiver.descriptor.digest
        let url = try await url(reference.domain, "\(reference.path)/blobs/\(digest)")
        try await configuration.retries.run {
            let request = RegistryRequest(
                method: .GET,
                url: url,
                registry: reference.domain,
                scopes: [Self.scope(reference.path, "pull")]
            )
            try await transfer(request, into: receiver, progress: progress)
        }
    }

    private func transfer(
        _ request: RegistryRequest,
        into receiver: BlobReceiver,
        progress: ProgressHandler?
    ) async throws {
        let start = receiver.received
        if start > 0 && start == receiver.descriptor.size { return }
        var request = request
        if start > 0 { request.headers.add(name: "Range", value: "bytes=\(start)-") }
        let response = try await transport.send(request, accepting: [200, 206])
        // A registry that knows no ranges sends everything again: what is there already is passed over.
        var skip = response.status == .partialContent ? try Self.offset(of: response, start, request) : start
        do {
            for try await part in response.body {
                let known = Int(min(Int64(part.readableBytes), skip))
                skip -= Int64(known)
                guard known < part.readableBytes else { continue }
                try part.withUnsafeReadableBytes { bytes in
                    try receiver.write(UnsafeRawBufferPointer(rebasing: bytes[known...]))
                }
                progress?(
                    ImageProgress(
                        item: receiver.descriptor.digest.description,
                        completed: receiver.received,
                        total: receiver.descriptor.size
                    )
                )
            }
        } catch let error as ImageStoreError {
            throw error
        } catch {
            throw HTTPExchange.translate(error, request.summary, request.url.authority)
        }
        guard receiver.received >= receiver.descriptor.size else {
            throw RegistryError(
                code: .unreachable,
                message: "the registry ended a layer after \(receiver.received) of \(receiver.descriptor.size) bytes",
                request: request.summary
            )
        }
    }

    /// How many bytes of a partial answer are known already.
    ///
    /// - Throws: ``RegistryError`` with code `invalidResponse` if the answer leaves a gap.
    private static func offset(of response: HTTPClientResponse, _ start: Int64, _ request: RegistryRequest) throws
        -> Int64
    {
        let range = response.headers.first(name: "Content-Range") ?? ""
        let first = range.drop { $0 != " " }.dropFirst().prefix { $0 != "-" }
        guard range.hasPrefix("bytes "), let position = Int64(first), position <= start else {
            throw RegistryError(
                code: .invalidResponse,
                message: "the registry answers a request for a range with another one",
                request: request.summary
            )
        }
        return start - position
    }
}
