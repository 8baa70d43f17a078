// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import NIOHTTP1
import SystemPackage

/// A request to a registry.
struct RegistryRequest: Sendable {
    /// What is sent along.
    enum Body: Sendable {
        /// Some bytes.
        case bytes([UInt8])
        /// A part of a file; the closure hears how much of it was sent.
        case file(FilePath, offset: Int64, length: Int64, report: @Sendable (Int64) -> Void)
    }

    var method: HTTPMethod
    var url: RegistryURL
    var headers = HTTPHeaders()
    var body: Body?
    /// The registry whose credentials apply.
    var registry: String
    /// What the request needs to be allowed, such as `repository:library/nginx:pull`.
    var scopes: [String]

    /// The request for messages: without the query, which may hold a signature.
    var summary: String { "\(method) \(url.authority)\(url.path)" }
}
