// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerKit

/// What came of a program that was run in a test's container.
public struct CommandResult: Sendable, Hashable {
    /// How it ended.
    public var status: TerminationStatus
    /// What it wrote to its standard output.
    public var output: String
    /// What it wrote to its standard error.
    public var error: String

    /// Creates a result.
    ///
    /// - Parameters:
    ///   - status: How the program ended.
    ///   - output: What it wrote to its standard output.
    ///   - error: What it wrote to its standard error.
    public init(status: TerminationStatus, output: String = "", error: String = "") {
        self.status = status
        self.output = output
        self.error = error
    }

    /// Whether it ended with code 0.
    public var isSuccess: Bool { status.isSuccess }
}
