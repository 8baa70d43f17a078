// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The flags that say how a service's containers are replaced.
struct UpdateFlags: ParsableArguments {
    @Option(
        name: .customLong("update-parallelism"),
        help: "How many containers are replaced at one time; 1 unless it was said before."
    )
    var parallelism: Int?

    @Option(
        name: .customLong("update-monitor"),
        help: "How many seconds each new container is watched; 2 unless it was said before."
    )
    var watchTime: Int?

    @Option(
        name: .customLong("update-ready"),
        help: "How many seconds a new container may take to become ready; 30 unless it was said before."
    )
    var readyTime: Int?

    @Option(
        name: .customLong("update-failure-action"),
        help: "What to do if a new container fails: rollback or pause; rollback unless it was said before."
    )
    var failureAction: String?

    func apply(to options: inout UpdateOptions) throws {
        if let parallelism { options.parallelism = parallelism }
        if let watchTime { options.watchTime = watchTime }
        if let readyTime { options.readyTime = readyTime }
        switch failureAction {
        case nil: break
        case "rollback": options.rollsBack = true
        case "pause": options.rollsBack = false
        case let other?: throw ValidationError("--update-failure-action is rollback or pause, not '\(other)'")
        }
    }
}
