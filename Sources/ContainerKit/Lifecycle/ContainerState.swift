// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Where a container is in its life (OCI runtime specification, "State").
public enum ContainerState: Hashable, Sendable {
    /// Set up; its program waits to be started.
    case created
    /// Its program runs.
    case running
    /// Its program has ended.
    case stopped(TerminationStatus)
    /// Nothing of it is left.
    case deleted
}
