// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
public import Nestbox

extension TestContainer {
    /// The most that a program may write to each of its streams.
    private static let limit = 16 << 20

    /// Runs a program in the container to its end.
    ///
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - input: What it reads.
    /// - Returns: How it ended, and what it wrote: 16 MiB at most to each stream.
    /// - Throws: `NestboxError` if it can't be run, or `CancellationError`; it is killed then.
    @discardableResult
    public func execute(_ command: String..., input: String = "") async throws -> CommandResult {
        try await execute(ExecutionOptions(command), input: input)
    }

    /// Runs a program in the container to its end.
    ///
    /// - Parameters:
    ///   - options: The program; what they say of its streams does not count.
    ///   - input: What it reads.
    /// - Returns: How it ended, and what it wrote: 16 MiB at most to each stream.
    /// - Throws: `NestboxError` if it can't be run, or `CancellationError`; it is killed then.
    @discardableResult
    public func execute(_ options: ExecutionOptions, input: String = "") async throws -> CommandResult {
        var options = options
        options.input = input.isEmpty ? .null : .stream
        options.output = .stream
        options.error = .stream
        options.terminal = nil
        let process = try await nestbox.execute(options, in: identifier)
        do {
            async let output = process.standardOutput.collect(upTo: Self.limit)
            async let error = process.standardError.collect(upTo: Self.limit)
            if !input.isEmpty {
                // One that ends before it has read everything is no failure of ours.
                try? await process.standardInput.write(input.utf8)
                process.standardInput.finish()
            }
            let (written, complained) = (try await output, try await error)
            return CommandResult(
                status: try await process.wait(),
                output: String(decoding: written, as: UTF8.self),
                error: String(decoding: complained, as: UTF8.self)
            )
        } catch {
            try? process.send(.kill)
            throw error
        }
    }
}
