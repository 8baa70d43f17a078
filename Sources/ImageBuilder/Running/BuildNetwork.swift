// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Gives the commands of a build a network of their own.
///
/// The builder makes none itself; an engine has networks. Without one, commands share the host's network, unless they ask
/// for none.
public protocol BuildNetworkProvider: Sendable {
    /// Makes a network for one command at a time.
    ///
    /// The commands of one build may get it one after the other.
    ///
    /// - Returns: The network.
    /// - Throws: Whatever went wrong; nothing is left then.
    func connect() async throws -> BuildNetwork
}

/// The network of a command.
public struct BuildNetwork: Sendable {
    /// The network namespace's file, such as `/proc/self/fd/7`.
    public var namespace: FilePath
    /// What the command's `/etc/resolv.conf` says.
    public var resolverConfiguration: String
    /// Takes the network down; called once.
    public var end: @Sendable () async -> Void

    /// Makes a description.
    ///
    /// - Parameters:
    ///   - namespace: The network namespace's file.
    ///   - resolverConfiguration: What the command's `/etc/resolv.conf` says.
    ///   - end: Takes the network down.
    public init(namespace: FilePath, resolverConfiguration: String, end: @escaping @Sendable () async -> Void) {
        self.namespace = namespace
        self.resolverConfiguration = resolverConfiguration
        self.end = end
    }
}
