// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import NIOCore
internal import NIOPosix
internal import SystemPackage

/// Why no connection came about, in words.
enum ConnectionFailure {
    /// What the error says, without the names of types that say it.
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let attempt = error.connectionErrors.first { return text(attempt.error) }
            return "the name '\(error.host)' can't be resolved"
        case let error as IOError:
            return "\(Errno(rawValue: error.errnoCode))"
        default:
            return "\(error)"
        }
    }
}
