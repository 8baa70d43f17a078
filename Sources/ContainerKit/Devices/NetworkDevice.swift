// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A network device of the host application's network namespace that is moved into the container's.
///
/// It keeps its hardware address, its size of packets and its permanent addresses of global scope, and is up when the
/// program starts; routes do not move. If the launch fails the device is back where it was, as it was. At the
/// container's end the kernel does what it does with a namespace's devices (`network_namespaces(7)`): physical ones go
/// to the machine's first namespace, under the name that they have by then; virtual ones, such as a veth, are gone.
public struct NetworkDevice: Hashable, Sendable {
    /// Its name where the host application is.
    public var name: String

    /// Its name in the container; `nil` keeps ``name``.
    ///
    /// One `%d` in it stands for the lowest number that makes the name a free one.
    public var nameInContainer: String?

    /// Creates a description of a device that is to be moved.
    ///
    /// - Parameters:
    ///   - name: Its name where the host application is.
    ///   - nameInContainer: Its name in the container; `nil` keeps the other.
    public init(_ name: String, as nameInContainer: String? = nil) {
        self.name = name
        self.nameInContainer = nameInContainer
    }

    /// The name that is asked for in the container.
    var target: String { nameInContainer ?? name }

    func validate() throws(ContainerError) {
        try Self.validate(name, "network device '\(name)'")
        let what = "name '\(target)' of network device '\(name)' in the container"
        let parts = target.split(separator: "%d", omittingEmptySubsequences: false)
        if parts.count > 2 { throw .invalid(what, "may have one %d") }
        // The number takes a place at least.
        try Self.validate(parts.count == 2 ? parts.joined(separator: "0") : target, what)
    }

    /// The kernel's rule (`dev_valid_name`), less the loopback, which belongs to its namespace.
    private static func validate(_ name: String, _ what: String) throws(ContainerError) {
        let bytes = name.utf8
        guard (1...15).contains(bytes.count), name != ".", name != "..",
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }),
            !bytes.contains(UInt8(ascii: "%"))
        else { throw .invalid(what, "must be 1 to 15 printable characters without '/', ':' and '%'") }
        if name == "lo" { throw .invalid(what, "is the loopback, which can't be moved or replaced") }
    }
}

extension ContainerConfiguration {
    func validateNetworkDevices() throws(ContainerError) {
        guard let first = networkDevices.first else { return }
        if namespaces.network == .host {
            throw .invalid(
                "network device '\(first.name)'",
                "can't be moved: the container has the host application's network namespace"
            )
        }
        var names: Set<String> = []
        var targets: Set<String> = []
        for device in networkDevices {
            try device.validate()
            guard names.insert(device.name).inserted else {
                throw .invalid("network device '\(device.name)'", "is listed twice")
            }
            if !device.target.contains("%"), !targets.insert(device.target).inserted {
                throw .invalid("name '\(device.target)' of a network device in the container", "is given twice")
            }
        }
    }
}
