// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One way to start a container, as a program that does it many times and prints how long each took.
struct Contender {
    /// What the table calls it.
    let name: String
    /// The program and its own arguments; `--count` and `--in-flight` follow them.
    let program: [String]
    /// What the program starts for each launch, where it is another program.
    var launched: [String] = []
    /// How many launches of it a round has, in percent: the slow ones need fewer for the same time.
    var share = 100
    /// The row this one is compared with, beside crun.
    var baseline: String?

    /// The command line for some launches.
    func command(count: Int, inFlight: Int) -> [String] {
        program + ["--count", String(count), "--in-flight", String(inFlight)]
            + (launched.isEmpty ? [] : ["--"] + launched)
    }
}
