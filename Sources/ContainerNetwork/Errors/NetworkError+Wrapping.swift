// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension NetworkError {
    /// Says of an error below what it means for the user; an error of this module stays as it is.
    static func wrap(_ error: any Error, _ message: String) -> NetworkError {
        switch error {
        case let error as NetworkError: error
        case let error as SystemCallError: error.asNetworkError(message)
        default: NetworkError(.systemFailure, message, cause: "\(error)")
        }
    }
}
