// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A process that has just been cloned.
///
/// Whoever takes it has to reap it and close the descriptor.
struct LaunchedProcess: Sendable {
    var pid: CInt
    var pidfd: CInt
}
