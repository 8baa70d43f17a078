// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOHTTP1

extension RegistryClient {
    /// One page of a repository's tags.
    struct TagPage: Sendable {
        var tags: [String]
        var next: RegistryURL?
    }

    private struct TagList: Decodable {
        var tags: [String]?
    }

    /// Asks for a page.
    ///
    /// Source: distribution specification, "Listing Tags".
    func tagPage(_ request: RegistryRequest) async throws -> TagPage {
        let response = try await transport.send(request, accepting: [200])
        let bytes = try await Self.collect(response, limit: 4 << 20, request)
        guard let list = try? JSONDecoder().decode(TagList.self, from: Data(bytes)) else {
            throw RegistryError(
                code: .invalidResponse,
                message: "the registry sent something else than a list of tags",
                request: request.summary
            )
        }
        // `Link: </v2/…?n=…&last=…>; rel="next"`, RFC 8288.
        let link = response.headers.first(name: "Link") ?? ""
        let target = link.contains("rel=\"next\"") ? link.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" } : ""
        return TagPage(
            tags: list.tags ?? [],
            next: target.isEmpty ? nil : request.url.resolving(String(target))
        )
    }
}
