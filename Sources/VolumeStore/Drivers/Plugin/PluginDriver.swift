// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
public import SystemPackage

/// A driver that leaves the data to a plugin of Docker's volume plugin protocol, version 1.
///
/// ```swift
/// var configuration = VolumeStore.Configuration()
/// configuration.drivers = PluginDriver.installed()
/// let store = try await VolumeStore.open("/var/lib/nestbox/volumes", configuration: configuration)
/// try await store.create(VolumeRequest(name: "shared", driver: "sshfs", options: ["sshcmd": "me@host:/data"]))
/// ```
///
/// The plugin knows the volume by a name made of its identity, so that a rename never leads to another volume's data. The
/// option `plugin-volume` names one that the plugin has, or shall have, under a name of the user's own; all other options
/// are passed on. Snapshots, exports and copy-up work; clone, restore and import do not, since a mounted directory can't
/// be exchanged in one step.
public struct PluginDriver: VolumeDriver {
    /// The option that names the plugin's volume.
    public static let volumeOption = "plugin-volume"

    /// Where Docker's plugins put their sockets.
    public static let socketDirectory: FilePath = "/run/docker/plugins"

    /// The name that volumes are created with.
    public let name: String

    private let socket: PluginSocket

    /// Makes a driver for the plugin that listens at a socket.
    ///
    /// - Parameters:
    ///   - name: The driver's name.
    ///   - path: The unix socket.
    ///   - timeout: How long the plugin may stay silent; a mount may have to wait for another machine.
    public init(name: String, socket path: FilePath, timeout: Duration = .seconds(120)) {
        self.name = name
        socket = PluginSocket(path: path, timeout: timeout)
    }

    /// The plugins whose sockets are in a directory, each with its socket's name without `.sock` for a name.
    public static func installed(in directory: FilePath = socketDirectory) -> [PluginDriver] {
        let names = (try? Directory.entries(directory).map(\.text)) ?? []
        return names.sorted().compactMap { name in
            let path = directory.appending(name)
            guard name.hasSuffix(".sock"), FileStatus(path)?.kind == .socket else { return nil }
            return PluginDriver(name: String(name.dropLast(".sock".count)), socket: path)
        }
    }

    /// Checks the name in `plugin-volume`; what else there is only the plugin knows.
    public func validate(_ options: [String: String]) throws(VolumeError) {
        guard let name = options[Self.volumeOption] else { return }
        guard !name.isEmpty else { throw VolumeError(.invalidOption, "the option '\(Self.volumeOption)' is empty") }
    }

    /// Has the plugin make the volume.
    public func create(_ place: VolumePlace) throws(VolumeError) {
        let answer = try socket.call(.activate)
        guard answer.Implements?.contains(PluginCall.implemented) == true else {
            throw VolumeError(.driverFailed, "the plugin '\(name)' keeps no volumes")
        }
        let options = place.options.filter { $0.key != Self.volumeOption }
        _ = try socket.call(.create, PluginRequest(name: pluginName(place), options: options))
    }

    /// What the plugin said when the volume was mounted; before, the volume's empty directory in the store.
    public func dataDirectory(_ place: VolumePlace) -> FilePath {
        Attachment.read(place) ?? place.directory
    }

    /// Has the plugin mount the volume.
    public func attach(_ place: VolumePlace) throws(VolumeError) {
        if let path = Attachment.read(place), Directory.exists(path) { return }
        let answer = try socket.call(.mount, PluginRequest(name: pluginName(place), id: place.id.rawValue))
        let path = FilePath(answer.Mountpoint ?? "")
        guard path.isAbsolute, Directory.exists(path) else {
            throw VolumeError(
                .driverFailed,
                "the plugin '\(name)' says that the volume is at '\(path)', where no directory is"
            )
        }
        try Attachment.write(path, place)
    }

    /// Has the plugin unmount the volume.
    public func detach(_ place: VolumePlace) throws(VolumeError) {
        guard Attachment.read(place) != nil else { return }
        _ = try socket.call(.unmount, PluginRequest(name: pluginName(place), id: place.id.rawValue))
        try Attachment.remove(place)
    }

    /// Has the plugin remove the volume.
    public func remove(_ place: VolumePlace) throws(VolumeError) {
        _ = try socket.call(.remove, PluginRequest(name: pluginName(place)))
    }

    /// Removes a volume that has its name from here; one that the user named may have been there before.
    public func abandon(_ place: VolumePlace) throws(VolumeError) {
        if place.options[Self.volumeOption] == nil { try remove(place) }
    }

    /// Nil: the plugin's directory is its own.
    public func scratchDirectory(_ place: VolumePlace) -> FilePath? { nil }

    private func pluginName(_ place: VolumePlace) -> String {
        place.options[Self.volumeOption] ?? "nestbox-\(place.id)"
    }
}

/// A file in the volume's directory that says where a plugin has mounted it, since this boot.
private enum Attachment {
    private static func file(_ place: VolumePlace) -> FilePath { place.directory.appending("mounted") }

    static func read(_ place: VolumePlace) -> FilePath? {
        guard let text = SmallFile.read(file(place)), let boot = try? ProcessIdentity.currentBootID() else {
            return nil
        }
        let lines = text.split(separator: "\n", maxSplits: 1)
        return lines.count == 2 && lines[0] == boot ? FilePath(String(lines[1])) : nil
    }

    static func write(_ path: FilePath, _ place: VolumePlace) throws(VolumeError) {
        let boot = try ProcessIdentity.currentBootID()
        do {
            let target = try FileDescriptor.open(
                file(place),
                .writeOnly,
                options: [.create, .truncate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite
            )
            defer { try? target.close() }
            try target.writeAll("\(boot)\n\(path)".utf8)
        } catch {
            throw .system("write", file(place), errno: error as? Errno ?? .ioError)
        }
    }

    static func remove(_ place: VolumePlace) throws(VolumeError) {
        let result = file(place).withPlatformString { unlink($0) }
        guard result == 0 || Errno.last == .noSuchFileOrDirectory else { throw .system("unlink", file(place)) }
    }
}
