// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization

extension Container {
    /// Stops all of the container's processes where they are (the freezer of control groups).
    ///
    /// - Throws: ``ContainerError`` if it does not run or this machine has no freezer.
    public func pause() throws {
        try requireGroup("paused").freeze()
        life.withLock { $0.isPaused = true }
    }

    /// Lets the container's processes go on.
    ///
    /// - Throws: ``ContainerError`` if it does not run or this machine has no freezer.
    public func resume() throws {
        try requireGroup("resumed").thaw()
        life.withLock { $0.isPaused = false }
    }

    /// Changes the container's limits.
    ///
    /// - Parameter resources: The new limits; those that are `nil` stay.
    /// - Throws: ``ContainerError``, with the old limits in force.
    public func update(_ resources: Resources) throws {
        try requireGroup("updated").update(resources)
    }

    /// What the container has used so far and uses now.
    ///
    /// - Throws: ``ContainerError`` if its control groups can't be read.
    public func usage() throws -> ResourceUsage {
        try requireGroup("measured").usage()
    }

    func requireGroup(_ action: String) throws(ContainerError) -> Cgroup {
        guard life.withLock({ $0.state != .deleted }) else {
            throw ContainerError(.invalidState, "the container can't be \(action): it has been deleted")
        }
        guard let group, !group.members.isEmpty else {
            throw ContainerError(.unsupported, "the container can't be \(action): it has no control groups")
        }
        return group
    }
}
