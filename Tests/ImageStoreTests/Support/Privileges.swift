// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// What this process may do.
enum Privileges {
    static let isRoot = geteuid() == 0
    static let absence = "needs root: it makes device nodes and gives files away"
}
