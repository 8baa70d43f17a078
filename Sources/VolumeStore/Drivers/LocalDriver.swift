// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// The driver that is always there: each volume is a directory of the store.
public struct LocalDriver: VolumeDriver {
    /// `local`.
    public let name = "local"

    /// Makes the driver.
    public init() {}

    /// Takes no options yet.
    public func validate(_ options: [String: String]) throws(VolumeError) {
        guard let unknown = options.keys.min() else { return }
        throw VolumeError(.invalidOption, "The driver 'local' has no option '\(unknown)'.")
    }

    /// Makes the directory.
    public func create(_ place: VolumePlace) throws(VolumeError) {
        try Directory.create(dataDirectory(place), mode: 0o755)
    }

    /// The directory `data` of the volume's own.
    public func dataDirectory(_ place: VolumePlace) -> FilePath {
        place.directory.appending("data")
    }

    /// Checks that the directory is there.
    public func attach(_ place: VolumePlace) throws(VolumeError) {
        let path = dataDirectory(place)
        guard Directory.exists(path) else {
            throw VolumeError(
                .dataMissing,
                "The directory of the volume is gone; it was not the store that removed it.",
                cause: .init(operation: "lstat", path: path, errno: .noSuchFileOrDirectory)
            )
        }
    }

    /// Nothing: a directory needs no unmounting.
    public func detach(_ place: VolumePlace) throws(VolumeError) {}

    /// Nothing lies outside the volume's directory.
    public func remove(_ place: VolumePlace) throws(VolumeError) {}

    /// The directory `scratch` beside the data.
    public func scratchDirectory(_ place: VolumePlace) -> FilePath? {
        place.directory.appending("scratch")
    }
}
