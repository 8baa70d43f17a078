// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How far a command has come without waiting.
enum CommandOutcome: Sendable {
    /// It is done, and the process ends with this code.
    case ended(Int32)
    /// What is left waits for others: programs, hooks.
    case waits(@Sendable () async throws -> Int32)
}
