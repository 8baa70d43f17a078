// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

/// What this machine lets tests do; each test that can't run is skipped with the reason.
enum Machine {
    static let isRoot = geteuid() == 0
    static let busybox: String? = ["/bin/busybox", "/usr/bin/busybox"].first { access($0, X_OK) == 0 }

    static func has(_ tool: String) -> Bool {
        ["/usr/bin/", "/bin/", "/usr/sbin/", "/usr/local/bin/"].contains { access($0 + tool, X_OK) == 0 }
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs real builds: needs root and a static busybox for the base image.
    static var runsBuilds: Self {
        .enabled(
            if: Machine.isRoot && Machine.busybox != nil,
            "needs root and the package busybox-static, to run real containers"
        )
    }

    /// Needs tools of other projects beside.
    static func needs(_ tools: String...) -> Self {
        .enabled(if: tools.allSatisfy(Machine.has), "needs the tools \(tools.joined(separator: ", "))")
    }
}
