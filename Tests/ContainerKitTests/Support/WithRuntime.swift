// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

@testable import ContainerKit

/// A runtime and a root filesystem for one test; both are gone when it returns.
func withRuntime<Value>(
    _ body: (ContainerRuntime, TestRootFilesystem) async throws -> Value
) async throws -> Value {
    let rootFilesystem = try TestRootFilesystem()
    let runtime = try ContainerRuntime()
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(runtime, rootFilesystem))
    } catch {
        result = .failure(error)
    }
    try await runtime.close()
    return try result.get()
}

/// Runs a shell script in a container and gives what it printed, line by line.
func lines(
    of script: String,
    _ change: (inout ContainerConfiguration, TestRootFilesystem) throws -> Void = { _, _ in }
) async throws -> [String] {
    try await withRuntime { runtime, rootFilesystem in
        var configuration = rootFilesystem.shell(script)
        try change(&configuration, rootFilesystem)
        return try await runtime.finish(configuration).lines
    }
}

/// The error that launching this configuration gives.
func launchError(
    _ change: (inout ContainerConfiguration, TestRootFilesystem) throws -> Void
) async throws -> ContainerError? {
    try await withRuntime { runtime, rootFilesystem in
        var configuration = rootFilesystem.shell("true")
        try change(&configuration, rootFilesystem)
        do {
            _ = try await runtime.finish(configuration)
            return nil
        } catch let error as ContainerError {
            return error
        }
    }
}
