// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// The test makes network namespaces.
    static var needsRoot: Self {
        .enabled(if: geteuid() == 0, "making network namespaces needs CAP_SYS_ADMIN")
    }
}
