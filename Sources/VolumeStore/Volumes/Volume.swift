// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// A volume as the store knows it: a value, read at one moment.
public struct Volume: Sendable, Hashable, Identifiable {
    /// The identity that stays the same through a rename.
    public let id: VolumeID

    /// The name that people use, unique in the store.
    public let name: String

    /// The name of the driver that holds the data.
    public let driver: String

    /// What the driver was told when the volume was created.
    public let options: [String: String]

    /// Free text that belongs to the user, for filters.
    public let labels: [String: String]

    /// How many may write at a time.
    public let sharing: VolumeSharing

    /// Whether the store made up the name.
    ///
    /// Anonymous volumes are the ones that a prune removes by default.
    public let isAnonymous: Bool

    /// The container that an anonymous volume was made for, if it was said.
    public let container: String?

    /// When it was created.
    public let createdAt: Timestamp

    let location: VolumeLocation

    /// The directory on the host that holds the data, or will while the volume is mounted.
    public var mountpoint: FilePath { location.path(of: id) }
}

/// Where a volume's data is.
///
/// Nearly all volumes are directories of the store, and making their paths took most of the time of a long list: so the
/// path is made when it is asked for.
enum VolumeLocation: Sendable, Hashable {
    /// In the volume's own directory on this shelf.
    case shelf(FilePath)
    /// Where the driver says.
    case path(FilePath)

    func path(of id: VolumeID) -> FilePath {
        switch self {
        case .shelf(let shelf): shelf.appending(id.rawValue).appending(VolumePlace.dataName)
        case .path(let path): path
        }
    }
}
