// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerKit

/// What a container's standard streams are connected to, besides its log, which gets the output in any case.
public struct ContainerStreams: Sendable {
    /// Whether the program reads this process's own standard input; nothing otherwise.
    public var inheritsInput: Bool
    /// The size of the program's terminal, if the specification gives it one.
    public var terminal: Terminal.Size?
    /// Is given the output as it comes, one call at a time for each stream; the program waits meanwhile.
    public var output: (@Sendable (OutputStream, [UInt8]) async -> Void)?

    /// Creates a description; by default there is no input, and output only goes to the log.
    public init(
        inheritsInput: Bool = false,
        terminal: Terminal.Size? = nil,
        output: (@Sendable (OutputStream, [UInt8]) async -> Void)? = nil
    ) {
        self.inheritsInput = inheritsInput
        self.terminal = terminal
        self.output = output
    }
}
