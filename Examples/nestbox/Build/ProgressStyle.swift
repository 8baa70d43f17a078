// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc

/// How a build's progress is shown.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    /// Live on a terminal, else plain.
    case auto
    /// Line after line.
    case plain
    /// Live.
    case tty
    /// Not at all.
    case none

    static var allValueStrings: [String] { ["auto", "plain", "tty"] }

    /// The style without `auto`.
    var resolved: ProgressStyle {
        self == .auto ? (isatty(2) != 0 ? .tty : .plain) : self
    }
}
