// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageBuilder
internal import ImageStore

extension Nestbox {
    /// A builder that works in this engine's store and runs its commands in this process, on the engine's own network.
    ///
    /// - Parameters:
    ///   - pull: When the images that Dockerfiles name are fetched, where the engine has something to fetch them with.
    ///   - remoteSources: Fetches what `ADD` adds from an address, and contexts.
    ///   - repositories: Fetches Git repositories, for contexts and for `ADD`.
    /// - Returns: The builder.
    /// - Throws: `ContainerError` if containers can't be run here.
    public func imageBuilder(
        pull: PullPolicy = .missing,
        remoteSources: (any RemoteSourceFetcher)? = nil,
        repositories: (any GitFetcher)? = nil
    ) throws -> ImageBuilder {
        ImageBuilder(
            store: images,
            runtime: try runtime(),
            images: EngineImageResolver(engine: self, policy: pull),
            remoteSources: remoteSources,
            repositories: repositories,
            networks: EngineBuildNetworks(engine: self)
        )
    }

    /// Builds what a Dockerfile says.
    ///
    /// - Parameters:
    ///   - context: The files that the Dockerfile may copy.
    ///   - dockerfile: Where the Dockerfile is.
    ///   - options: What else the build is told.
    ///   - pull: When the images that the Dockerfile names are fetched.
    ///   - remoteSources: Fetches what `ADD` adds from an address, and contexts.
    ///   - repositories: Fetches Git repositories, for contexts and for `ADD`.
    ///   - progress: Hears of each step.
    /// - Returns: The image, and how it came about.
    /// - Throws: `ImageBuilderError` with the place in the Dockerfile; `CancellationError` if the task is cancelled.
    public func build(
        _ context: BuildContext,
        dockerfile: DockerfileSource = .named("Dockerfile"),
        options: ImageBuilder.Options = ImageBuilder.Options(),
        pull: PullPolicy = .missing,
        remoteSources: (any RemoteSourceFetcher)? = nil,
        repositories: (any GitFetcher)? = nil,
        progress: BuildProgressHandler? = nil
    ) async throws -> BuildResult {
        let builder = try imageBuilder(pull: pull, remoteSources: remoteSources, repositories: repositories)
        return try await builder.build(context, dockerfile: dockerfile, options: options, progress: progress)
    }
}

/// Finds the images of Dockerfiles as the engine finds those of containers.
private struct EngineImageResolver: BuildImageResolver {
    let engine: Nestbox
    let policy: PullPolicy

    func image(_ reference: ImageReference, platform: Platform) async throws -> Image {
        try await engine.provideImage(reference.description, policy: policy, platform: platform)
    }
}
