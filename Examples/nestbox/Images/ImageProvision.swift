// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// When the image of a container is fetched.
struct ImageProvision: ParsableArguments {
    @Option(help: "When to fetch the image: \(PullPolicy.all.map(\.rawValue).joined(separator: ", ")).")
    var pull = PullPolicy.missing.rawValue

    @Flag(name: [.short, .long], help: "Show no progress of fetching the image.")
    var quiet = false

    /// Makes sure that the image is there.
    ///
    /// What is said about it goes to standard error: the output belongs to the program.
    func provide(_ image: String, _ platform: Platform?, _ nestbox: Nestbox) async throws {
        let progress = ProgressLine()
        try await nestbox.provideImage(
            image,
            policy: PullPolicy(rawValue: pull),
            platform: platform ?? .current,
            progress: quiet ? nil : progress.handler
        )
        progress.finish()
    }
}
