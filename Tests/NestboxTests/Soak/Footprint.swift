// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

@testable import Nestbox

/// What this process takes of the machine.
struct Footprint: Sendable {
    let residentKilobytes: Int
    let threads: Int
    let descriptors: Int

    init() throws {
        let lines = try Shell.text(of: "/proc/self/status").split(separator: "\n")
        func number(_ name: String) -> Int {
            lines.first { $0.hasPrefix(name + ":") }?.split(whereSeparator: \.isWhitespace).dropFirst().first
                .flatMap { Int($0) } ?? 0
        }
        residentKilobytes = number("VmRSS")
        threads = number("Threads")
        descriptors = try Directory("/proc/self/fd").names.count
    }

    var text: String { "\(residentKilobytes / 1024) MiB resident, \(threads) threads, \(descriptors) descriptors" }
}
