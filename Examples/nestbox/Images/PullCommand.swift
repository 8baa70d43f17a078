// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageRegistry
import ImageStore
import Nestbox

/// The command `pull`.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Download an image from its registry.",
        discussion: """
            Examples:
              nestbox pull debian:bookworm
              nestbox pull --platform linux/arm64 registry.example.com/team/site:2
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var registry: RegistryOptions

    @Flag(name: [.short, .long], help: "Download every tag of the repository.")
    var allTags = false

    @Flag(name: [.short, .long], help: "Print the image's name only.")
    var quiet = false

    @Option(help: "Take the image for this platform: OS/ARCHITECTURE[/VARIANT].")
    var platform: String?

    @Argument(help: "The image: NAME, NAME:TAG or NAME@DIGEST.")
    var name: String

    func run() async throws {
        let reference = try ImageReference(name)
        guard !allTags || (reference.tag == nil && reference.digest == nil) else {
            throw ValidationError("tag can't be used with --all-tags/-a")
        }
        let platform = try platform.map { try Platform(argument: $0) } ?? .current
        let store = try await engine.open().images
        try await RegistryClient.with(registry.configuration) { client in
            for reference in try await references(reference, client) {
                try await pull(reference, platform, into: store, client)
            }
        }
    }

    private func references(_ reference: ImageReference, _ client: RegistryClient) async throws -> [ImageReference] {
        guard allTags else {
            if !quiet, reference.tag == nil, reference.digest == nil { print("Using default tag: latest") }
            return [reference.taggedByDefault]
        }
        let tags = try await client.tags(of: reference.path, in: reference.domain)
        return try tags.map { try ImageReference("\(reference.repository):\($0)") }
    }

    private func pull(
        _ reference: ImageReference,
        _ platform: Platform,
        into store: ImageStore,
        _ client: RegistryClient
    ) async throws {
        let old = try? store.image(reference, platform: platform).digest
        let progress = LayerProgress("Downloading", done: "Pull complete", present: "Already exists")
        if !quiet {
            let name = reference.tag ?? reference.digest.map { "\($0)" } ?? ""
            print("\(name): Pulling from \(reference.domain == "docker.io" ? reference.path : reference.repository)")
        }
        let image = try await client.pull(
            reference,
            into: store,
            platform: platform,
            progress: quiet ? nil : progress.handler
        )
        if !quiet {
            progress.finish()
            print("Digest: \(image.digest)")
            let status = image.digest == old ? "Image is up to date for" : "Downloaded newer image for"
            print("Status: \(status) \(reference.familiar)")
        }
        print(reference)
    }
}
