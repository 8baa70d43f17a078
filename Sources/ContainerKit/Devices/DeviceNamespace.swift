// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A network namespace and a socket that speaks of its devices.
struct DeviceNamespace: ~Copyable, Sendable {
    /// A device as it is found.
    struct Found {
        var index: CInt
        var isUp: Bool
    }

    private static let addressRoom = 64 << 10

    let file: Descriptor
    private let socket: Descriptor

    /// - Parameter path: The namespace's file; `nil` for the one that the calling thread is in.
    /// - Throws: `Errno`.
    init(_ path: FilePath?) throws(Errno) {
        let own: FilePath = "/proc/thread-self/ns/net"
        let flags = UInt64(O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        let file = try Descriptor.take(nestbox_openat2(AT_FDCWD, (path ?? own).string, flags, 0, 0))
            .aboveStandardStreams()
        socket = try Descriptor.take(path == nil ? nestbox_device_socket() : Self.socket(in: file.rawValue))
            .aboveStandardStreams()
        self.file = file
    }

    /// A socket is of the namespace that its maker is in, so a thread goes there for it.
    private static func socket(in namespace: CInt) -> CInt {
        var socket = -ENOMEM
        let status = nestbox_run_in_namespace(
            namespace,
            NamespaceKind.network.rawValue,
            { $0?.assumingMemoryBound(to: CInt.self).pointee = nestbox_device_socket() },
            &socket
        )
        return status < 0 ? status : socket
    }

    /// Whether both are the same namespace.
    borrowing func isSame(as other: borrowing DeviceNamespace) -> Bool {
        var own = stat()
        var others = stat()
        return fstat(file.rawValue, &own) == 0 && fstat(other.file.rawValue, &others) == 0
            && own.st_ino == others.st_ino && own.st_dev == others.st_dev
    }

    /// The device of a name, if there is one.
    borrowing func find(_ name: String) throws(Errno) -> Found? {
        var device = nestbox_device()
        let result = nestbox_device_find(socket.rawValue, name, &device)
        if result == -ENODEV { return nil }
        try Self.check(result)
        return Found(index: device.index, isUp: device.is_up != 0)
    }

    /// The addresses that a device keeps, in a form for ``give(_:to:)``.
    borrowing func addresses(of device: Found) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.addressRoom)
        let size = nestbox_device_addresses(socket.rawValue, device.index, &bytes, bytes.count)
        try Self.check(CInt(clamping: size))
        return Array(bytes.prefix(size))
    }

    borrowing func give(_ addresses: [UInt8], to device: Found) throws(Errno) {
        try Self.check(nestbox_device_add_addresses(socket.rawValue, device.index, addresses, addresses.count))
    }

    borrowing func setUp(_ device: Found) throws(Errno) {
        try Self.check(nestbox_device_set_up(socket.rawValue, device.index))
    }

    /// Moves a device to another namespace, where it has the name.
    borrowing func move(_ device: Found, to other: borrowing DeviceNamespace, as name: String) throws(Errno) {
        try Self.check(nestbox_device_move(socket.rawValue, device.index, other.file.rawValue, name))
    }

    private static func check(_ result: CInt) throws(Errno) {
        if result < 0 { throw Errno(rawValue: -result) }
    }
}
