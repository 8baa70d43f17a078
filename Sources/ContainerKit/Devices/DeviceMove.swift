// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// One device's way into a container's network namespace, and back if the launch fails.
struct DeviceMove {
    let device: NetworkDevice
    /// Its name there.
    let name: String
    private let wasUp: Bool
    private let addresses: [UInt8]
    private let found: DeviceNamespace.Found

    /// Looks at the device and at its place; nothing changes yet.
    ///
    /// - Throws: ``ContainerError`` of code `networkDevice`.
    init(
        _ device: NetworkDevice,
        from host: borrowing DeviceNamespace,
        to container: borrowing DeviceNamespace
    ) throws(ContainerError) {
        self.device = device
        found = try Self.find(device, in: host)
        do throws(Errno) {
            wasUp = found.isUp
            addresses = try host.addresses(of: found)
        } catch {
            throw .device(device, "its addresses can't be read", "read addresses", error)
        }
        name = try Self.freeName(for: device, in: container)
    }

    /// The device where the host application is.
    static func find(
        _ device: NetworkDevice,
        in host: borrowing DeviceNamespace
    ) throws(ContainerError) -> DeviceNamespace.Found {
        do throws(Errno) {
            if let found = try host.find(device.name) { return found }
        } catch {
            throw .device(device, "it can't be looked for", "find network device", error)
        }
        throw .device(
            device,
            "it is not in the network namespace that the host application is in",
            "find network device",
            .operationNotSupportedByDevice
        )
    }

    private static func freeName(
        for device: NetworkDevice,
        in container: borrowing DeviceNamespace
    ) throws(ContainerError) -> String {
        let parts = device.target.split(separator: "%d", maxSplits: 1, omittingEmptySubsequences: false)
        let isTemplate = parts.count == 2
        do throws(Errno) {
            for number in 0..<(isTemplate ? 10_000 : 1) {
                let name = isTemplate ? "\(parts[0])\(number)\(parts[1])" : device.target
                if name.utf8.count <= 15, try container.find(name) == nil { return name }
            }
        } catch {
            throw .device(device, "its name in the container can't be looked for", "find network device", error)
        }
        throw .device(
            device,
            "the container's network namespace has a device '\(device.target)' already",
            "name network device",
            .fileExists
        )
    }

    /// Moves the device, with its addresses, and sets it up.
    ///
    /// - Throws: ``ContainerError`` of code `networkDevice`; ``undo(from:to:)`` is due then.
    func perform(
        from host: borrowing DeviceNamespace,
        to container: borrowing DeviceNamespace
    ) throws(ContainerError) {
        do throws(Errno) {
            try host.move(found, to: container, as: name)
            guard let arrived = try container.find(name) else { throw .operationNotSupportedByDevice }
            try container.give(addresses, to: arrived)
            try container.setUp(arrived)
        } catch {
            throw .device(device, "the kernel refuses it", "move network device", error)
        }
    }

    /// Brings the device back as it was, however far the move has come.
    ///
    /// - Throws: ``ContainerError`` of code `networkDevice`; the device is in the container's namespace then.
    func undo(
        from container: borrowing DeviceNamespace,
        to host: borrowing DeviceNamespace
    ) throws(ContainerError) {
        do throws(Errno) {
            if try host.find(device.name) != nil { return }
            // The kernel names a device after it has moved it, and may refuse that.
            var place = try container.find(name)
            if place == nil { place = try container.find(device.name) }
            guard let place else { throw .operationNotSupportedByDevice }
            try container.move(place, to: host, as: device.name)
            guard let back = try host.find(device.name) else { throw .operationNotSupportedByDevice }
            try host.give(addresses, to: back)
            if wasUp { try host.setUp(back) }
        } catch {
            throw .device(device, "it can't be brought back", "bring network device back", error)
        }
    }
}

extension ContainerError {
    fileprivate static func device(
        _ device: NetworkDevice,
        _ reason: String,
        _ operation: String,
        _ errno: Errno
    ) -> ContainerError {
        ContainerError(
            .networkDevice,
            "network device '\(device.name)' can't be moved into the container: \(reason)",
            operation: operation,
            errno: errno
        )
    }
}
