// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// What keeps the data of volumes: a directory, an image file, another machine.
///
/// The store calls a driver under a lock of the one volume, on a thread that may block, so the calls are synchronous.
/// Each must be repeatable: after a crash the store calls it again.
public protocol VolumeDriver: Sendable {
    /// The name that users give, such as `local`.
    var name: String { get }

    /// Checks options before anything is created.
    ///
    /// - Throws: ``VolumeError`` with `invalidOption` or `unsupported`.
    func validate(_ options: [String: String]) throws(VolumeError)

    /// Makes the volume's data in `place.directory`, which exists, is empty and will be moved to its final place
    /// afterwards. What is written below it must be on the disk when this returns; the directory itself the store syncs.
    func create(_ place: VolumePlace) throws(VolumeError)

    /// The directory that holds the data while the volume is attached.
    func dataDirectory(_ place: VolumePlace) -> FilePath

    /// Makes the data reachable at ``dataDirectory(_:)``, before the first lease is used.
    func attach(_ place: VolumePlace) throws(VolumeError)

    /// Undoes ``attach(_:)`` after the last lease, and before a removal. Not being attached is no error.
    func detach(_ place: VolumePlace) throws(VolumeError)

    /// Lets go of what lies outside `place.directory`, which the store deletes by itself afterwards.
    func remove(_ place: VolumePlace) throws(VolumeError)

    /// Takes back a ``create(_:)`` that came to nothing, because it failed or because the name was taken meanwhile.
    ///
    /// The same as ``remove(_:)``, unless what that would remove may have been there before.
    func abandon(_ place: VolumePlace) throws(VolumeError)

    /// A directory beside the data where the store gathers content before it moves it into the data directory.
    ///
    /// It is on the same filesystem and not visible in a container; the store makes it when it needs it. Nil if there is
    /// no such place: the volume then takes no content from images and can't be restored or cloned.
    func scratchDirectory(_ place: VolumePlace) -> FilePath?

    /// Whether the data is gone after ``detach(_:)``. Such a volume can't be restored or cloned, and takes the content of
    /// an image each time that it is empty.
    func isEphemeral(_ place: VolumePlace) -> Bool

    /// Whether ``create(_:)`` makes the very same again as long as nobody has mounted the volume: an empty directory.
    ///
    /// The store then leaves out to write it to the disk at once, and makes it again should a power cut take it.
    func isReproducible(_ place: VolumePlace) -> Bool

    /// What the volume holds, if that is quickly known; nil to have the store count.
    func usage(_ place: VolumePlace) throws(VolumeError) -> VolumeUsage?
}

extension VolumeDriver {
    /// Removes it.
    public func abandon(_ place: VolumePlace) throws(VolumeError) { try remove(place) }

    /// False.
    public func isEphemeral(_ place: VolumePlace) -> Bool { false }

    /// False.
    public func isReproducible(_ place: VolumePlace) -> Bool { false }

    /// Nil: the store counts.
    public func usage(_ place: VolumePlace) throws(VolumeError) -> VolumeUsage? { nil }
}

/// One volume, as its driver sees it.
public struct VolumePlace: Sendable, Hashable {
    /// The identity of the volume.
    public let id: VolumeID

    /// The directory that the volume has for itself in the store.
    public let directory: FilePath

    /// The options it was created with.
    public let options: [String: String]

    /// The name of the directory for data in `directory`, for drivers that keep it there.
    static let dataName = "data"

    /// A volume as a driver sees it, for tests of drivers.
    public init(id: VolumeID, directory: FilePath, options: [String: String] = [:]) {
        self.id = id
        self.directory = directory
        self.options = options
    }
}
