// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Makes and ends replicas, for someone who decides how many there should be: a container engine, a cluster's API.
public protocol ReplicaController: Sendable {
    /// Starts replicas.
    ///
    /// - Parameter count: How many.
    /// - Returns: The names of the new replicas, which are their endpoints' names too.
    /// - Throws: What the engine or cluster answered; none was started then.
    func start(_ count: Int) async throws -> [String]

    /// Ends a replica on which no request is left.
    ///
    /// - Parameter id: The replica's name.
    /// - Throws: What the engine or cluster answered; the replica may run on.
    func stop(_ id: String) async throws
}
