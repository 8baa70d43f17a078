// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import ImageStore
import Nestbox
import SystemPackage

/// What every command takes.
struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where images, volumes and containers are kept; NESTBOX_ROOT or /var/lib/nestbox by default.",
            valueName: "directory"
        )
    )
    var root: String?

    /// The root, absolute.
    var path: FilePath {
        let given = root ?? getenv("NESTBOX_ROOT").map { String(cString: $0) } ?? "/var/lib/nestbox"
        return HostPath.absolute(given)
    }

    /// Opens the engine, with something to fetch images that are not there.
    func open(puller: (any ImagePuller)? = nil) async throws -> Nestbox {
        try await Nestbox(root: path, puller: puller)
    }
}
