// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// The programs must be installed, and engines need root.
    static func needs(_ programs: String...) -> Self {
        let missing = programs.filter { program in
            !["/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"].contains { access($0 + program, X_OK) == 0 }
        }
        return .enabled(
            if: missing.isEmpty && geteuid() == 0,
            "Needs root and \(programs.joined(separator: ", ")): make test installs them."
        )
    }
}
