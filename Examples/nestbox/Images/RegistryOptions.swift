// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageRegistry
import ImageStore

/// How registries are spoken to, for every command that does.
struct RegistryOptions: ParsableArguments {
    @Option(
        name: .customLong("insecure-registry"),
        help: ArgumentHelp(
            "Speak to this registry also without encryption, and whoever vouches for its certificate.",
            valueName: "host[:port]"
        )
    )
    var insecureRegistries: [String] = []

    @Option(
        name: .customLong("ca-certificate"),
        help: ArgumentHelp("Trust the certificate authorities in this file too.", valueName: "file")
    )
    var certificateAuthorities: [String] = []

    /// What the flags say.
    var configuration: RegistryConfiguration {
        var configuration = RegistryConfiguration()
        configuration.insecureRegistries = Set(insecureRegistries)
        configuration.certificateAuthorities = certificateAuthorities.map(HostPath.absolute)
        return configuration
    }

    /// What fetches images for the engine.
    var puller: any ImagePuller { RegistryPuller(configuration: configuration) }
}
