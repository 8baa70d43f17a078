// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Only root may mount.
    static var needsRoot: Self {
        .enabled(if: geteuid() == 0, "Mounting needs root.")
    }

    /// Root, and programs of the system.
    static func needs(_ programs: String...) -> Self {
        let isThere = programs.allSatisfy { program in
            ["/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"].contains { access($0 + program, X_OK) == 0 }
        }
        return .enabled(
            if: isThere && geteuid() == 0,
            "Needs root and \(programs.joined(separator: ", ")): make test installs them."
        )
    }
}
