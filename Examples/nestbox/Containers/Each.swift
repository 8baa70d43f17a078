// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// Does something to each of several things: one that fails does not keep the others from it.
enum Each {
    /// Prints the name of each that succeeded, as Docker does, and reports the others.
    ///
    /// - Throws: `ExitCode` 1 if one failed.
    static func perform(on names: [String], _ action: (String) async throws -> Void) async throws {
        var hasFailed = false
        for name in names {
            do {
                try await action(name)
                print(name)
            } catch {
                Failure.report("\(error)")
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode(1) }
    }
}
