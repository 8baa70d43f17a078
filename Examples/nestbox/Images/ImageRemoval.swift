// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The arguments of `rmi` and `image rm`, and what they do.
struct ImageRemoval: ParsableArguments {
    @Argument(help: "The images, by name or identifier.")
    var images: [String]

    @Flag(name: [.short, .long], help: "Remove an image that has several names, or ended containers, too.")
    var force = false

    @Flag(name: .customLong("no-prune"), help: "Accepted for Docker's sake; there are no untagged parents.")
    var keepsParents = false

    func perform(_ nestbox: Nestbox) async throws {
        var hasFailed = false
        for name in images {
            do {
                let removed = try await nestbox.removeImage(name, isForced: force)
                for reference in removed.references { print("Untagged: \(reference.familiar)") }
                for image in removed.images { print("Deleted: \(image)") }
            } catch {
                Failure.report("\(error)")
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode(1) }
    }
}
