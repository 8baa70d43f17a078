// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension VolumeStore {
    /// Creates a volume, or returns the one that has the name already.
    ///
    /// - Throws: ``VolumeError`` with `invalidName`, `invalidOption`, `invalidLabel` or `unknownDriver` before anything
    ///   is made; `alreadyExists` if the name belongs to a volume with another driver or other options; `noSpace`.
    @discardableResult
    public func create(_ request: VolumeRequest) async throws(VolumeError) -> Volume {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.create(request) }
    }

    /// The volume of that name.
    ///
    /// - Throws: ``VolumeError`` with `notFound`.
    public func volume(named name: String) async throws(VolumeError) -> Volume {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.get(name) }
    }

    /// The volumes that pass the filter, by name.
    public func list(_ filter: VolumeFilter = VolumeFilter()) async throws(VolumeError) -> [Volume] {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.list(filter) }
    }

    /// The volume with its leases and the state of its directory.
    ///
    /// - Throws: ``VolumeError`` with `notFound`.
    public func inspect(_ name: String) async throws(VolumeError) -> VolumeDetails {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.inspect(name) }
    }

    /// Gives a volume another name; it may be mounted.
    ///
    /// An anonymous volume becomes a named one.
    ///
    /// - Throws: ``VolumeError`` with `notFound`, `invalidName` or `alreadyExists`.
    @discardableResult
    public func rename(_ name: String, to newName: String) async throws(VolumeError) -> Volume {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.rename(name, to: newName) }
    }

    /// Removes a volume and its data for good.
    ///
    /// - Throws: ``VolumeError`` with `notFound`, with `inUse` if anybody has it mounted, with `hasSnapshots`.
    public func remove(_ name: String) async throws(VolumeError) {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.remove(name) }
    }

    /// Removes the anonymous volumes of a container, as `docker rm -v` does; those that another container uses stay.
    ///
    /// - Returns: What was removed.
    @discardableResult
    public func removeAnonymousVolumes(of container: String) async throws(VolumeError) -> PruneReport {
        var filter = VolumeFilter.anonymous
        filter.containers = [container]
        return try await prune(filter)
    }

    /// Removes the volumes that pass the filter and that nobody has mounted.
    ///
    /// As with Docker the default is the anonymous ones only; pass a filter with `isAnonymous = nil` for all.
    ///
    /// - Returns: What was removed, and the bytes of disk that freed.
    public func prune(_ filter: VolumeFilter = .anonymous) async throws(VolumeError) -> PruneReport {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.prune(filter) }
    }
}

extension VolumeFilter {
    /// Anonymous volumes only.
    public static var anonymous: VolumeFilter {
        var filter = VolumeFilter()
        filter.isAnonymous = true
        return filter
    }
}
