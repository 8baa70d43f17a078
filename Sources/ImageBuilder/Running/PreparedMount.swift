// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import SystemPackage

/// A `--mount` of a command, ready to be mounted.
struct PreparedMount: Sendable {
    /// What is mounted; nil where only a variable is set.
    var mount: Mount?
    /// A variable that the command gets, as `name=value`.
    var variable: String?
    /// What must stay until the command has ended.
    var holds: [any Sendable] = []
}
