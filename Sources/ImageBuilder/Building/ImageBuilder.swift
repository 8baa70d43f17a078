// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerKit
public import ImageStore
import SystemPackage

/// Builds images from Dockerfiles, in this process.
///
/// ```swift
/// let builder = ImageBuilder(store: store, runtime: runtime)
/// var options = ImageBuilder.Options()
/// options.tags = [try ImageReference("app")]
/// let result = try await builder.build(.directory("/src/app"), options: options)
/// print(result.imageID)
/// ```
///
/// Commands run in containers of the runtime, on the unpacked layers of the store. What a step makes is kept in the
/// store, so that the same step is not done twice. A build that fails or is cancelled leaves nothing behind but the steps
/// that it had finished.
public struct ImageBuilder: Sendable {
    /// Where images come from and go to, and where the results of steps are kept.
    public let store: ImageStore
    /// Runs the commands.
    public let runtime: ContainerRuntime
    /// Finds the images that a Dockerfile names.
    public var images: any BuildImageResolver
    /// Fetches what `ADD` adds from an address; without it such sources are refused.
    public var remoteSources: (any RemoteSourceFetcher)?
    /// Fetches Git repositories, as contexts and for `ADD`; without it they are refused.
    public var repositories: (any GitFetcher)?
    /// Gives commands a network; without it they share the host's, unless they ask for none.
    public var networks: (any BuildNetworkProvider)?

    /// Makes a builder.
    ///
    /// - Parameters:
    ///   - store: Where images come from and go to.
    ///   - runtime: Runs the commands.
    ///   - images: Finds the images that a Dockerfile names; those of the store where nil.
    ///   - remoteSources: Fetches what `ADD` adds from an address.
    ///   - repositories: Fetches Git repositories; ``GitProgram`` is one.
    ///   - networks: Gives commands a network; they share the host's where nil.
    public init(
        store: ImageStore,
        runtime: ContainerRuntime,
        images: (any BuildImageResolver)? = nil,
        remoteSources: (any RemoteSourceFetcher)? = nil,
        repositories: (any GitFetcher)? = nil,
        networks: (any BuildNetworkProvider)? = nil
    ) {
        self.store = store
        self.runtime = runtime
        self.images = images ?? StoredImageResolver(store: store)
        self.remoteSources = remoteSources
        self.repositories = repositories
        self.networks = networks
    }

    /// Builds what a Dockerfile says.
    ///
    /// - Parameters:
    ///   - context: The files that the Dockerfile may copy.
    ///   - dockerfile: Where the Dockerfile is.
    ///   - options: What else the build is told.
    ///   - progress: Hears of each step; see ``BuildProgress`` for a sequence.
    /// - Returns: The image, and how it came about.
    /// - Throws: ``ImageBuilderError`` with the place in the Dockerfile; `CancellationError` if the task is cancelled.
    public func build(
        _ context: BuildContext,
        dockerfile: DockerfileSource = .named("Dockerfile"),
        options: Options = Options(),
        progress: BuildProgressHandler? = nil
    ) async throws -> BuildResult {
        let loader = ContextLoader(builder: self, arguments: options.arguments)
        let input = try BuildInput(try await loader.files(of: context), dockerfile)
        var options = options
        // What the named contexts are fetched into lasts as long as this.
        let named = try await loader.directories(of: options.contexts)
        defer { withExtendedLifetime(named) {} }
        for (name, root) in named {
            options.contexts[name] = .directory(FilePath(try root.directory.realPath()))
        }
        let plan = try await BuildPlan(input, options: options, images: images)
        let run = try await BuildRun(plan, builder: self, progress: progress)
        return try await run.perform()
    }
}
