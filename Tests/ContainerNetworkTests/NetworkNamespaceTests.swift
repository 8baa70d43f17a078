// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerNetwork

@Suite("Network namespaces", .needsRoot)
struct NetworkNamespaceTests {
    @Test("a new namespace holds only a loopback interface, which is up")
    func loopback() async throws {
        let namespace = try await NetworkNamespace.create()
        let links = try await namespace.run { try Link.all() }
        #expect(links.map(\.name) == ["lo"])
        #expect(links.first?.flags.isSuperset(of: [.up, .loopback, .running]) == true)
        #expect(links.first?.index == LinkTable.loopbackIndex)
    }

    @Test("making one leaves this process where it was")
    func homeStays() async throws {
        let before = try NetworkNamespace.current().inode
        let namespace = try await NetworkNamespace.create()
        #expect(namespace.inode != before)
        #expect(try NetworkNamespace.current().inode == before)
        #expect(try NetworkNamespace.of(process: getpid()).inode == before)
    }

    @Test("a socket made inside reaches a server inside, and one made outside does not")
    func sockets() async throws {
        let home = try NetworkNamespace.current()
        let namespace = try await NetworkNamespace.create()
        let server = try await namespace.run { try LoopbackServer() }
        let inside = try namespace.makeStreamSocket(returningTo: home)
        defer { try? inside.close() }
        #expect(LoopbackServer.connect(inside.rawValue, port: server.port) == 0)
        #expect(try server.acceptedAndAnswered(inside.rawValue))
        #expect(try NetworkNamespace.current().inode == home.inode)
        let outside = socket(AF_INET, CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(outside) }
        #expect(LoopbackServer.connect(outside, port: server.port) == ECONNREFUSED)
    }

    @Test("a socket keeps its namespace alive after everyone else let go of it")
    func socketOutlives() async throws {
        let home = try NetworkNamespace.current()
        let namespace = try await NetworkNamespace.create()
        let server = try await namespace.run { try LoopbackServer() }
        let inside = try namespace.makeStreamSocket(returningTo: home)
        defer { try? inside.close() }
        namespace.close()
        #expect(LoopbackServer.connect(inside.rawValue, port: server.port) == 0)
    }

    @Test("a closed namespace says so")
    func closed() async throws {
        let home = try NetworkNamespace.current()
        let namespace = try await NetworkNamespace.create()
        namespace.close()
        namespace.close()
        let error = #expect(throws: NetworkError.self) { try namespace.makeStreamSocket(returningTo: home) }
        #expect(error?.code == .noNamespace)
        await #expect(throws: NetworkError.self) { try await namespace.run {} }
        #expect(throws: NetworkError.self) { try namespace.duplicateDescriptor() }
    }

    @Test("what is no network namespace is refused, and its descriptor closed")
    func adopting() throws {
        for path in ["/dev/null", "/proc/self/ns/uts"] {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            let error = #expect(throws: NetworkError.self) {
                try NetworkNamespace(adopting: FileDescriptor(rawValue: descriptor))
            }
            #expect(error?.code == .noNamespace)
        }
    }

    @Test("a process that is not there has no namespace")
    func noProcess() {
        let error = #expect(throws: NetworkError.self) { try NetworkNamespace.of(process: Int32.max) }
        #expect(error?.code == .notFound)
        #expect(error?.description.hasSuffix("(open: ENOENT)") == true)
    }

    @Test("100 namespaces can be made at once, each its own")
    func many() async throws {
        let inodes = try await withThrowingTaskGroup(of: NetworkNamespace.self) { group in
            for _ in 0..<100 { group.addTask { try await NetworkNamespace.create() } }
            return try await group.reduce(into: [NetworkNamespace]()) { $0.append($1) }.map(\.inode)
        }
        #expect(Set(inodes).count == 100)
    }

    @Test("what a closure throws inside comes out")
    func throwing() async throws {
        let namespace = try await NetworkNamespace.create()
        await #expect(throws: CancellationError.self) {
            try await namespace.run { throw CancellationError() }
        }
    }
}
