// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization
internal import SystemPackage

/// The devices of one launch: all of them in the container, or each where it was.
final class DeviceMoves: Sendable {
    fileprivate struct Ends: ~Copyable {
        let host: DeviceNamespace
        let container: DeviceNamespace
        var moves: [DeviceMove] = []
    }

    private let devices: [NetworkDevice]
    private let ends = Mutex<Ends?>(nil)

    init(_ devices: [NetworkDevice]) {
        self.devices = devices
    }

    /// Sees to it that all devices are there, before anything is made.
    ///
    /// - Throws: ``ContainerError`` of code `networkDevice` for the first that is not.
    func check() throws {
        if devices.isEmpty { return }
        let host = try Self.open(nil, "the host application's")
        for device in devices { _ = try DeviceMove.find(device, in: host) }
    }

    /// Moves the devices into the network namespace of a file.
    ///
    /// - Parameters:
    ///   - path: The container's network namespace.
    ///   - source: Where the devices are; `nil` where the calling thread is.
    ///   - fault: What fails.
    /// - Throws: ``ContainerError`` for the first device that can't be moved; ``undo()`` is due then.
    func perform(into path: FilePath, from source: FilePath? = nil, fault: LaunchFault) throws {
        if devices.isEmpty { return }
        try ends.withLock { ends in
            ends = Ends(
                host: try Self.open(source, "the host application's"),
                container: try Self.open(path, "the container's")
            )
            if ends?.areSame == true {
                throw ContainerError(
                    .networkDevice,
                    "network devices can't be moved: the container's network namespace is the host application's",
                    path: path
                )
            }
            for device in devices {
                try fault.before("move network device", FilePath(device.name))
                try ends?.move(device)
            }
        }
    }

    /// Brings back what has been moved.
    ///
    /// - Returns: What could not be.
    func undo() -> [ContainerError] {
        ends.withLock { ends in
            var failures: [ContainerError] = []
            while let failure = ends?.undoLast() {
                if case .failure(let error) = failure { failures.append(error) }
            }
            ends = nil
            return failures
        }
    }

    private static func open(_ path: FilePath?, _ whose: String) throws(ContainerError) -> DeviceNamespace {
        do throws(Errno) {
            return try DeviceNamespace(path)
        } catch {
            throw ContainerError(
                .networkDevice,
                "network devices can't be moved: \(whose) network namespace can't be opened",
                operation: "open network namespace",
                path: path,
                errno: error
            )
        }
    }
}

extension DeviceMoves.Ends {
    fileprivate var areSame: Bool { host.isSame(as: container) }

    fileprivate mutating func move(_ device: NetworkDevice) throws(ContainerError) {
        let move = try DeviceMove(device, from: host, to: container)
        moves.append(move)
        try move.perform(from: host, to: container)
    }

    /// Undoes the last move that has not been; `nil` if there is none.
    fileprivate mutating func undoLast() -> Result<Void, ContainerError>? {
        guard let move = moves.popLast() else { return nil }
        do throws(ContainerError) {
            try move.undo(from: container, to: host)
            return .success(())
        } catch {
            return .failure(error)
        }
    }
}
