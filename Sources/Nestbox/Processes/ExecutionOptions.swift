// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerKit

/// A further program in a running container, as its user asks for it: what `exec` takes.
///
/// What is not said is as it is for the container's own program.
public struct ExecutionOptions: Sendable {
    /// The program and its arguments.
    public var command: [String]
    /// The environment, `NAME=value`, added to the container's.
    public var environment: [String] = []
    /// Where the program starts.
    public var workingDirectory: String?
    /// Who the program runs as.
    public var user: String?
    /// What it reads.
    public var input = StreamSource.null
    /// Where what it writes goes.
    public var output = StreamDestination.stream
    /// Where what it writes to its standard error goes.
    public var error = StreamDestination.stream
    /// The size of the terminal that it gets in place of these three; none where `nil`.
    public var terminal: Terminal.Size?

    /// Creates a description.
    ///
    /// - Parameter command: The program and its arguments.
    public init(_ command: [String]) {
        self.command = command
    }
}
