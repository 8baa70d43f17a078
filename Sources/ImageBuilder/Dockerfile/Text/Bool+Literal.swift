// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Bool {
    /// `1`, `t`, `true` and `0`, `f`, `false`, in small letters, capitals, or with one capital at the start.
    package init?(literal: String) {
        switch literal {
        case "1", "t", "T", "true", "True", "TRUE": self = true
        case "0", "f", "F", "false", "False", "FALSE": self = false
        default: return nil
        }
    }
}
