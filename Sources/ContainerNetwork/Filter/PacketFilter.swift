// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CNftables
import Synchronization

/// A table of nftables of our own, which is replaced whole or removed whole; no rule outside it is touched.
public struct PacketFilter: Sendable {
    /// The table's name, in the family `inet`.
    public let table: String
    private let host: NetworkNamespace

    /// libnftables keeps state in global variables while it parses.
    private static let parser = Mutex(())

    /// Names a table; nothing is changed yet.
    ///
    /// - Parameters:
    ///   - table: The table's name: letters, digits and _.
    ///   - host: The namespace whose packets are filtered: the host's own.
    /// - Throws: ``NetworkError`` with code `invalidName`.
    public init(table: String = "nestbox", host: NetworkNamespace) throws(NetworkError) {
        let isPlain = table.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard isPlain, let first = table.first, first.isLetter, table.utf8.count <= 64 else {
            throw NetworkError(.invalidName, "\"\(table)\" can't be a table's name: letters, digits and _ are allowed")
        }
        self.table = table
        self.host = host
    }

    /// Makes the table hold these rules and no others, in one step: there is no moment without rules.
    ///
    /// - Parameter rules: The rules.
    /// - Throws: ``NetworkError`` with code `filterRefused` if the kernel does not take them; the former ones hold then.
    public func apply(_ rules: FilterRules) async throws {
        for network in rules.networks { try network.validate() }
        try await run(rules.script(table: table))
    }

    /// Removes the table, if it is there.
    ///
    /// - Throws: ``NetworkError`` with code `filterRefused` if the kernel refuses.
    public func remove() async throws {
        try await run("add table inet \(table)\ndelete table inet \(table)")
    }

    /// Runs commands as one transaction, inside the host's namespace.
    func run(_ commands: String) async throws {
        try await host.run {
            try Self.parser.withLock { _ in try Self.execute(commands) }
        }
    }

    private static func execute(_ commands: String) throws(NetworkError) {
        guard let context = nft_ctx_new(UInt32(NFT_CTX_DEFAULT)) else {
            throw NetworkError(.filterRefused, "nftables could not be opened", cause: "nft_ctx_new")
        }
        defer { nft_ctx_free(context) }
        nft_ctx_buffer_output(context)
        nft_ctx_buffer_error(context)
        guard nft_run_cmd_from_buffer(context, commands) == 0 else {
            let reason = nft_ctx_get_error_buffer(context).map { String(cString: $0) } ?? ""
            throw NetworkError(
                .filterRefused,
                "the packet filter's rules were not taken",
                cause: reason.split(separator: "\n").first.map(String.init)
            )
        }
    }
}
