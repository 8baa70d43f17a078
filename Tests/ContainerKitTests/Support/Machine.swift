// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

/// What this machine lets tests do; each test that can't run is skipped with the reason.
enum Machine {
    static let isRoot = geteuid() == 0
    /// Whether a user without root asks for the tests of containers, too (Scripts/test-rootless).
    static let isRootless = !isRoot && getenv("NESTBOX_ROOTLESS") != nil
    static let busybox: String? = ["/bin/busybox", "/usr/bin/busybox"].first { access($0, X_OK) == 0 }
}

extension Trait where Self == ConditionTrait {
    /// Runs real containers: needs root and a static busybox for the root filesystem.
    static var runsContainers: Self {
        .enabled(
            if: (Machine.isRoot || Machine.isRootless) && Machine.busybox != nil,
            "needs root and the package busybox-static, to run real containers"
        )
    }

    /// What no user without root may do, even with a range of users and a delegated control group.
    static var needsRoot: Self {
        .enabled(if: Machine.isRoot, "needs root")
    }
}
