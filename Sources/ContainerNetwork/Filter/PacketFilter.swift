// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CNftables
import CSockets
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
            throw NetworkError(.invalidName, "'\(table)' can't be a table's name: letters, digits and _ are allowed")
        }
        self.table = table
        self.host = host
    }

    /// Makes the table hold these rules and no others, in one step: there is no moment without rules.
    ///
    /// - Parameter rules: The rules.
    /// - Throws: ``NetworkError`` with code `filterRefused` if the kernel does not take them; the former ones hold then.
    public func apply(_ rules: FilterRules) async throws {
        try await host.run { try self.applyHere(rules) }
    }

    /// Adds ports to a table that is there; a port that it has already stays as it is.
    ///
    /// - Parameter ports: The ports.
    /// - Throws: ``NetworkError`` with code `filterRefused`; none of them is added then.
    public func add(_ ports: [PortTranslation]) async throws {
        guard !ports.isEmpty else { return }
        try await host.run { try self.addHere(ports) }
    }

    /// Takes ports out of the table; what is not there is passed over.
    ///
    /// - Parameter ports: The ports.
    public func remove(_ ports: [PortTranslation]) async {
        guard !ports.isEmpty else { return }
        _ = try? await host.run { self.removeHere(ports) }
    }

    /// Removes the table, if it is there.
    ///
    /// - Throws: ``NetworkError`` with code `filterRefused` if the kernel refuses.
    public func remove() async throws {
        try await host.run { try self.removeHere() }
    }

    /// Runs commands as one transaction, inside the host's namespace.
    func run(_ commands: String) async throws {
        try await host.run { try Self.runHere(commands) }
    }

    // MARK: On a thread that is in the host's namespace

    package func applyHere(_ rules: FilterRules) throws(NetworkError) {
        for network in rules.networks { try network.validate() }
        try Self.runHere(rules.script(table: table))
    }

    package func addHere(_ ports: [PortTranslation]) throws(NetworkError) {
        guard !ports.isEmpty else { return }
        let commands = ports.map { "add element inet \(table) \($0.map.rawValue) { \($0.element) }" }
        try Self.runHere(commands.joined(separator: "\n"))
    }

    package func removeHere(_ ports: [PortTranslation]) {
        guard !ports.isEmpty else { return }
        let commands = ports.map { "delete element inet \(table) \($0.map.rawValue) { \($0.key) }" }
        if (try? Self.runHere(commands.joined(separator: "\n"))) != nil { return }
        for command in commands { try? Self.runHere(command) }
    }

    package func removeHere() throws(NetworkError) {
        try Self.runHere("add table inet \(table)\ndelete table inet \(table)")
    }

    /// libnftables waits by select(2), which knows no descriptor above 1023 and aborts the program if it is given one.
    ///
    /// A server has many more: so the library works on a thread whose descriptors are its own, and few.
    private static func runHere(_ commands: String) throws(NetworkError) {
        let outcome = Outcome()
        try DedicatedThread.runAndWait {
            guard csockets_leave_descriptors() == 0 else {
                let failure = SystemCallError.last("unshare")
                return outcome.note(failure.asNetworkError("the packet filter can't be worked on"))
            }
            do throws(NetworkError) {
                try parser.withLock { _ throws(NetworkError) in try execute(commands) }
            } catch {
                outcome.note(error)
            }
        }
        if let failure = outcome.failure { throw failure }
    }

    /// What a thread leaves behind.
    private final class Outcome: Sendable {
        private let noted = Mutex<NetworkError?>(nil)

        var failure: NetworkError? { noted.withLock { $0 } }

        func note(_ failure: NetworkError) {
            noted.withLock { $0 = failure }
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
