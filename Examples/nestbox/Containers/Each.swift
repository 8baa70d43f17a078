// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// Does something to each of several things: one that fails does not keep the others from it.
enum Each {
    /// Prints what there is of each as one list, and reports those that are not there.
    ///
    /// - Throws: `ExitCode` 1 if one is not there.
    static func list<Value: Encodable>(
        _ names: [String],
        _ format: InspectionFormat,
        _ find: (String) async throws -> Value
    ) async throws {
        var found: [Value] = []
        for name in names {
            do {
                found.append(try await find(name))
            } catch {
                Failure.report(Failure.text(error))
            }
        }
        try JSONOutput.list(found, format)
        if found.count < names.count { throw ExitCode(1) }
    }

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
