// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc
import Synchronization
public import SystemPackage

/// A network namespace, held by a descriptor: it lives as long as this object, a process in it, or a socket of it.
///
/// It needs no process, no mount and no name on the host; if this program dies, the kernel frees it.
///
/// ```swift
/// let namespace = try await NetworkNamespace.create()
/// let links = try await namespace.run { try Link.all() }      // [lo]
/// namespace.close()
/// ```
public final class NetworkNamespace: Sendable {
    private let descriptor: Mutex<CInt?>
    /// The inode number, which is the same for two descriptors of one namespace and for no others that live.
    public let inode: UInt64

    /// Takes a namespace by its descriptor, such as one of `/proc/PID/ns/net`.
    ///
    /// - Parameter descriptor: The namespace; it belongs to this object from now on, also if this throws.
    /// - Throws: ``NetworkError`` if it is not a network namespace.
    public init(adopting descriptor: FileDescriptor) throws(NetworkError) {
        do {
            inode = try Self.identify(descriptor.rawValue)
            self.descriptor = Mutex(descriptor.rawValue)
        } catch {
            _ = Glibc.close(descriptor.rawValue)
            throw error
        }
    }

    deinit {
        close()
    }

    /// Makes a namespace that holds only a loopback interface, which is up.
    ///
    /// - Returns: The namespace.
    /// - Throws: ``NetworkError`` with code `notPermitted` if the process lacks CAP_SYS_ADMIN.
    public static func create() async throws -> NetworkNamespace {
        try await DedicatedThread.run { try make() }
    }

    /// Makes a namespace and leaves the calling thread in it.
    static func make() throws(NetworkError) -> NetworkNamespace {
        guard csockets_unshare_network_namespace() == 0 else {
            throw SystemCallError.last("unshare").asNetworkError("a network namespace could not be made")
        }
        let namespace = try current()
        try prepareHere()
        return namespace
    }

    /// Brings a namespace that someone else has just made to where ``create()`` leaves one.
    package func prepare() async throws {
        try await run { try Self.prepareHere() }
    }

    private static func prepareHere() throws(NetworkError) {
        try LinkTable().setUp(LinkTable.loopbackIndex)
        NamespaceSettings.apply()
    }

    /// The namespace of the calling thread.
    ///
    /// - Returns: The namespace.
    /// - Throws: ``NetworkError`` if `/proc` is not there.
    public static func current() throws(NetworkError) -> NetworkNamespace {
        try NetworkNamespace(opening: "/proc/thread-self/ns/net", of: "this thread")
    }

    /// The namespace of a process.
    ///
    /// The number may have been given to another process meanwhile: the caller holds a pidfd and checks it afterwards.
    ///
    /// - Parameter process: The process identifier, as this process's `/proc` shows it.
    /// - Returns: The namespace.
    /// - Throws: ``NetworkError`` with code `notFound` if there is no such process, `notPermitted` if it may not be seen.
    public static func of(process: Int32) throws(NetworkError) -> NetworkNamespace {
        try NetworkNamespace(opening: "/proc/\(process)/ns/net", of: "process \(process)")
    }

    /// Lets go of the namespace; calls that need it throw from now on.
    public func close() {
        descriptor.withLock { descriptor in
            if let open = descriptor { _ = Glibc.close(open) }
            descriptor = nil
        }
    }

    /// Another descriptor of the namespace, for a child process or another owner.
    ///
    /// - Returns: A close-on-exec descriptor that belongs to the caller.
    /// - Throws: ``NetworkError`` with code `noNamespace` if this object was closed.
    public func duplicateDescriptor() throws(NetworkError) -> FileDescriptor {
        let copy = try withDescriptor { fcntl($0, F_DUPFD_CLOEXEC, 3) }
        guard copy >= 0 else {
            throw SystemCallError.last("fcntl").asNetworkError("the namespace's descriptor could not be copied")
        }
        return FileDescriptor(rawValue: copy)
    }

    /// Calls `body` with the open descriptor, which stays open meanwhile.
    func withDescriptor<Result: Sendable>(_ body: (CInt) -> Result) throws(NetworkError) -> Result {
        let result = descriptor.withLock { $0.map(body) }
        guard let result else { throw NetworkError(.noNamespace, "the network namespace was closed") }
        return result
    }

    private convenience init(opening path: String, of whom: String) throws(NetworkError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw SystemCallError.last("open").asNetworkError("the network namespace of \(whom) could not be opened")
        }
        try self.init(adopting: FileDescriptor(rawValue: opened))
    }

    /// Checks that a descriptor is a network namespace, by the call that only those answer.
    private static func identify(_ descriptor: CInt) throws(NetworkError) -> UInt64 {
        guard csockets_is_network_namespace(descriptor) == 1 else {
            throw NetworkError(.noNamespace, "descriptor \(descriptor) is not a network namespace")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw SystemCallError.last("fstat").asNetworkError("the network namespace could not be looked at")
        }
        return UInt64(status.st_ino)
    }
}
