// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// What a volume of the driver `local` is made of, read from its options.
///
/// The options are those of Docker's driver of the same name (`type`, `device`, `o`) and `size`.
enum LocalBacking: Hashable {
    /// A directory of the store.
    case directory
    /// This many bytes and no more: a directory of the store where its filesystem can limit one (``SpaceLimit``), else a
    /// file with an ext4 filesystem in it, mounted through a loop device.
    case limited(size: Int64)
    /// A directory of the host.
    case host(FilePath)
    /// A tmpfs, which is empty again after the last user.
    case memory(MountFlags)
    /// Anything else that mount(2) can mount.
    case filesystem(type: String, device: String, MountFlags)

    /// The smallest image: below, ext4 has no room for its journal.
    static let minimumSize: Int64 = 4 << 20

    init(_ options: [String: String]) throws(VolumeError) {
        // Nearly all volumes, and this is asked for each of a long list.
        if options.isEmpty {
            self = .directory
            return
        }
        let known: Set = ["type", "device", "o", "size"]
        if let unknown = options.keys.filter({ !known.contains($0) }).min() {
            throw VolumeError(.invalidOption, "the driver 'local' has no option '\(unknown)'")
        }
        if let size = options["size"] {
            guard options.count == 1 else {
                throw VolumeError(.invalidOption, "the option 'size' stands alone; for a tmpfs write o=size=…")
            }
            self = .limited(size: try Self.imageSize(size))
            return
        }
        self = try Self.mount(options)
    }

    private static func imageSize(_ text: String) throws(VolumeError) -> Int64 {
        guard let size = ByteSize.parse(text) else {
            throw VolumeError(.invalidOption, "the size '\(text)' can't be read; write for example 64m or 2g")
        }
        guard size >= minimumSize else {
            throw VolumeError(.invalidOption, "the size '\(text)' is too small; 4m is the least")
        }
        // Whole blocks of 4 KiB.
        return (size + 4095) & ~4095
    }

    private static func mount(_ options: [String: String]) throws(VolumeError) -> LocalBacking {
        let type = options["type"] ?? ""
        let flags = try MountFlags(options["o"] ?? "")
        if type == "tmpfs" { return .memory(flags) }
        guard let device = options["device"], !device.isEmpty else {
            throw VolumeError(.invalidOption, "the driver 'local' needs 'device' beside 'type' and 'o'")
        }
        guard flags.isBind else {
            guard !type.isEmpty, type != "none" else {
                throw VolumeError(
                    .invalidOption,
                    "the driver 'local' needs 'type', or 'bind' in 'o', to mount a device"
                )
            }
            return .filesystem(type: type, device: device, flags)
        }
        guard device.hasPrefix("/") else {
            throw VolumeError(.invalidOption, "a bind volume needs an absolute path, not '\(device)'")
        }
        guard flags.data.isEmpty else {
            throw VolumeError(.invalidOption, "a bind volume has no option '\(flags.data[0])'")
        }
        let path = FilePath(device).lexicallyNormalized()
        return flags.afterBind == 0 ? .host(path) : .filesystem(type: "none", device: path.string, flags)
    }
}
