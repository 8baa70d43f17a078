// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
public import SystemPackage

/// The driver that is always there.
///
/// Without options a volume is a directory of the store. `size` makes a volume that can't grow beyond it: a directory with
/// a quota where the store's filesystem enforces such (projects of xfs, quota groups of btrfs), else a file with
/// an ext4 filesystem, mounted while somebody uses it. `type`, `device` and `o` mount a tmpfs, a directory of the host, or
/// any filesystem that mount(2) knows, with the same words as Docker's driver of this name.
public struct LocalDriver: VolumeDriver {
    static let standardName = "local"

    /// `local`.
    public let name = LocalDriver.standardName

    /// Makes the driver.
    public init() {}

    /// Checks `size`, `type`, `device` and `o`.
    public func validate(_ options: [String: String]) throws(VolumeError) {
        if case .host(let path) = try LocalBacking(options), !Directory.exists(path) {
            throw VolumeError(
                .invalidOption,
                "the directory of a bind volume must exist",
                cause: .init(operation: "lstat", path: path, errno: .noSuchFileOrDirectory)
            )
        }
    }

    /// Makes the directory, or the image with its filesystem.
    public func create(_ place: VolumePlace) throws(VolumeError) {
        switch try LocalBacking(place.options) {
        case .directory:
            try Directory.create(dataDirectory(place), mode: 0o755)
        case .limited(let size):
            if try SpaceLimit.set(size, on: place) {
                try Directory.create(place.directory.appending(VolumePlace.dataName), mode: 0o755)
            } else {
                try ImageFile(path: image(place)).create(size: size)
                try Directory.create(mountpoint(place), mode: 0o711)
            }
        case .memory, .filesystem:
            try Directory.create(mountpoint(place), mode: 0o711)
        case .host:
            break
        }
    }

    /// The directory of the store, of the host, or in what is mounted.
    public func dataDirectory(_ place: VolumePlace) -> FilePath {
        switch try? LocalBacking(place.options) {
        case .directory, nil: place.directory.appending(VolumePlace.dataName)
        case .limited: (hasImage(place) ? mountpoint(place) : place.directory).appending(VolumePlace.dataName)
        case .memory: mountpoint(place).appending(VolumePlace.dataName)
        case .filesystem: mountpoint(place)
        case .host(let path): path
        }
    }

    /// Mounts what needs to be mounted.
    public func attach(_ place: VolumePlace) throws(VolumeError) {
        let target = mountpoint(place)
        switch try LocalBacking(place.options) {
        case .directory, .host:
            break
        case .limited:
            guard hasImage(place) else { break }
            if !Directory.isMountpoint(target) { try ImageFile(path: image(place)).mount(on: target) }
            try Directory.create(dataDirectory(place), mode: 0o755)
        case .memory(let flags):
            if !Directory.isMountpoint(target) { try HostMount.mount("tmpfs", type: "tmpfs", on: target, flags) }
            try adoptMemory(place)
        case .filesystem(let type, let device, let flags):
            guard !HostMount.isMounted(target) else { break }
            try HostMount.mount(device, type: type, on: target, try NetworkAddress.resolved(flags, type: type))
        }
        guard Directory.exists(dataDirectory(place)) else { throw dataMissing(place) }
    }

    /// Unmounts what was mounted.
    public func detach(_ place: VolumePlace) throws(VolumeError) {
        switch try LocalBacking(place.options) {
        case .directory, .host: break
        case .limited, .memory, .filesystem: try HostMount.unmount(mountpoint(place))
        }
    }

    /// Takes a quota's limit away; what a volume mounts or binds belongs to others.
    public func remove(_ place: VolumePlace) throws(VolumeError) {
        guard case .limited = try LocalBacking(place.options), !hasImage(place) else { return }
        try SpaceLimit.remove(from: place)
    }

    /// True for all but those with a limit.
    public func isReproducible(_ place: VolumePlace) -> Bool {
        if case .limited = try? LocalBacking(place.options) { false } else { true }
    }

    /// Beside the data, for directories, images and tmpfs.
    public func scratchDirectory(_ place: VolumePlace) -> FilePath? {
        switch try? LocalBacking(place.options) {
        case .directory: place.directory.appending("scratch")
        case .limited: (hasImage(place) ? mountpoint(place) : place.directory).appending("scratch")
        case .memory: mountpoint(place).appending("scratch")
        case .filesystem, .host, nil: nil
        }
    }

    /// True for tmpfs.
    public func isEphemeral(_ place: VolumePlace) -> Bool {
        guard case .memory = try? LocalBacking(place.options) else { return false }
        return true
    }

    /// What the filesystem says, for volumes that are one or have a quota.
    public func usage(_ place: VolumePlace) throws(VolumeError) -> VolumeUsage? {
        switch try LocalBacking(place.options) {
        case .directory, .host: nil
        case .limited(let size) where !hasImage(place):
            try SpaceLimit.usage(of: place, limit: size)
        case .limited(let size) where !HostMount.isMounted(mountpoint(place)):
            try imageUsage(place, limit: size)
        case .limited, .memory, .filesystem:
            HostMount.isMounted(mountpoint(place)) ? try VolumeUsage(filesystem: mountpoint(place)) : nil
        }
    }

    /// What an image takes in the store while nobody has it.
    private func imageUsage(_ place: VolumePlace, limit: Int64) throws(VolumeError) -> VolumeUsage {
        let tree = try TreeUsage.measure(place.directory)
        return VolumeUsage(bytes: tree.bytes, inodes: tree.inodes, limit: limit)
    }

    private func image(_ place: VolumePlace) -> FilePath {
        place.directory.appending("image")
    }

    /// Which of the two kinds a volume with a limit has become.
    private func hasImage(_ place: VolumePlace) -> Bool {
        FileStatus(image(place)) != nil
    }

    private func mountpoint(_ place: VolumePlace) -> FilePath {
        place.directory.appending("mnt")
    }

    /// The options `uid`, `gid` and `mode` are for the top of the tmpfs, so the data directory takes them from there.
    private func adoptMemory(_ place: VolumePlace) throws(VolumeError) {
        let data = dataDirectory(place)
        guard try Directory.create(data, mode: 0o755) else { return }
        let top = try Directory.open(mountpoint(place))
        defer { try? top.close() }
        let directory = try Directory.open(data)
        defer { try? directory.close() }
        try FileAttributes.of(top.rawValue, path: data).apply(to: directory.rawValue, path: data)
    }

    private func dataMissing(_ place: VolumePlace) -> VolumeError {
        VolumeError(
            .dataMissing,
            "the directory of the volume is gone; it was not the store that removed it",
            cause: .init(operation: "lstat", path: dataDirectory(place), errno: .noSuchFileOrDirectory)
        )
    }
}
