// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What is left of a launch's preparation once the process has been cloned.
struct FollowedLaunch: ~Copyable {
    var progress: LaunchProgress
    var streams: PreparedStreams
    var stop: HookStop?
}
