// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A running container as far as entering it needs to know.
struct RunningTarget: Sendable {
    /// Its first process.
    let process: ProcessExit
    /// The namespaces that it does not share with the host application.
    let namespaces: NamespaceKind
    /// Whether its root is another than that of its mount namespace.
    var hasOwnRoot = false
    /// Its groups.
    let group: Cgroup?
    /// What its programs may call.
    let seccomp: SeccompPolicy
    /// What its programs may ever do, which the seccomp profile goes by.
    let capabilities: CapabilitySet
    /// Whether further programs die with the host application.
    let isBound: Bool
}
