// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The arguments of `rmi` and `image rm`, and what they do.
struct ImageRemoval: ParsableArguments {
    @Argument(help: "The images, by name or identifier.")
    var images: [String]

    func perform(_ nestbox: Nestbox) async throws {
        var hasFailed = false
        for name in images {
            do {
                let (image, removed) = try await nestbox.removeImage(name)
                print("Untagged: \(image.reference?.familiar ?? name)")
                if !removed.blobs.isEmpty { print("Deleted: \(image.id)") }
            } catch {
                Failure.report("\(error)")
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode(1) }
    }
}
