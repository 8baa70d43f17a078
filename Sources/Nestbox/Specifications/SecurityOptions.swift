// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a container's programs may do, beside Docker's defaults.
public struct SecurityOptions: Sendable, Hashable, Codable {
    /// Capabilities that are added, such as `NET_ADMIN`, or `ALL`.
    public var addedCapabilities: [String] = []
    /// Capabilities that are taken away, or `ALL`; those that are added too stay.
    public var droppedCapabilities: [String] = []
    /// What `--security-opt` says: `no-new-privileges`, or `seccomp=` with `standard`, `hardened`, `unconfined` or a
    /// profile in Docker's JSON; `label=disable` and `apparmor=unconfined` are taken, as they are the case anyway.
    public var options: [String] = []
    /// Limits on each process, as `nofile=1024:2048`.
    public var processLimits: [String] = []

    /// Creates options of the defaults.
    public init() {}
}
