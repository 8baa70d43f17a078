// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

extension BalancingPolicy {
    /// All names there are, as help and errors list them.
    static var names: String { all.map(\.rawValue).joined(separator: ", ") }

    /// The policy of a name.
    ///
    /// - Throws: `ValidationError` that lists the names there are.
    init(argument: String) throws {
        guard let known = BalancingPolicy(rawValue: argument) else {
            throw ValidationError("there is no policy '\(argument)': \(Self.names) are")
        }
        self = known
    }
}
