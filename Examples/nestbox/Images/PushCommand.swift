// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageRegistry
import ImageStore
import Nestbox

/// The command `push`.
struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Upload an image to its registry.",
        discussion: """
            Example:
              nestbox tag site:2 registry.example.com/team/site:2 && nestbox push registry.example.com/team/site:2
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var registry: RegistryOptions

    @Flag(name: [.short, .long], help: "Upload every tag of the repository that is here.")
    var allTags = false

    @Flag(name: [.short, .long], help: "Print the image's name only.")
    var quiet = false

    @Argument(help: "The image: NAME or NAME:TAG.")
    var name: String

    func run() async throws {
        let reference = try ImageReference(name)
        guard !allTags || reference.tag == nil else {
            throw ValidationError("tag can't be used with --all-tags/-a")
        }
        let store = try await engine.open().images
        let images = try chosenImages(reference, in: store)
        if !quiet { print("The push refers to repository [\(reference.repository)]") }
        try await RegistryClient.with(registry.configuration) { client in
            for image in images { try await push(image, from: store, client) }
        }
    }

    private func chosenImages(_ reference: ImageReference, in store: ImageStore) throws -> [Image] {
        guard allTags else { return [try store.image(reference)] }
        let images = try store.images().filter { $0.reference?.repository == reference.repository }
        guard !images.isEmpty else {
            throw ValidationError("no such image: \(reference.repository), whatever the tag")
        }
        return images
    }

    private func push(_ image: Image, from store: ImageStore, _ client: RegistryClient) async throws {
        let progress = LayerProgress("Pushing", done: "Pushed", present: "Layer already exists")
        let pushed = try await client.push(image, from: store, progress: quiet ? nil : progress.handler)
        progress.finish()
        if quiet {
            print(image.reference?.description ?? name)
        } else {
            print("\(image.reference?.tag ?? ""): digest: \(pushed.digest) size: \(pushed.size)")
        }
    }
}
