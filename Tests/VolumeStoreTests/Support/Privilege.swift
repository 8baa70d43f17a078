// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Only root may mount.
    static var needsRoot: Self {
        .enabled(if: geteuid() == 0, "Mounting needs root.")
    }
}
