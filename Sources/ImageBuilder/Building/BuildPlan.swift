// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

/// A build before anything runs: the Dockerfile read, its stages in order, the images that they need found.
struct BuildPlan: Sendable {
    /// An image by the name that the Dockerfile uses, and what it is to be for.
    struct ImageUse: Hashable, Sendable {
        var name: String
        var platform: String
    }

    let input: BuildInput
    let options: ImageBuilder.Options
    let dockerfile: Dockerfile
    let arguments: BuildArguments
    let global: Environment
    let graph: StageGraph
    let images: [ImageUse: Image]
    let warnings: [LintWarning]
    /// Of the arguments that were given to no end.
    let unusedArguments: String?
    /// What no time in the image may be later than, in seconds since 1970.
    let epoch: Int?

    init(_ input: BuildInput, options: ImageBuilder.Options, images resolver: any BuildImageResolver) async throws {
        self.input = input
        self.options = options
        dockerfile = try Dockerfile(parsing: input.text, file: input.file)
        arguments = try Self.arguments(of: options)
        global = try arguments.global(of: dockerfile)
        epoch = try Self.epoch(options.arguments["SOURCE_DATE_EPOCH"] ?? global["SOURCE_DATE_EPOCH"])
        var graph = try StageGraph(dockerfile, arguments: arguments)
        var images: [ImageUse: Image] = [:]
        // What an image leaves for its heirs may name further images.
        while true {
            let missing = Self.uses(in: graph, options, arguments).filter { images[$0.key] == nil }
            if missing.isEmpty { break }
            images.merge(try await Self.find(missing, with: resolver)) { $1 }
            let triggers = Self.triggers(in: graph, images, arguments)
            if triggers.isEmpty { break }
            graph = try StageGraph(dockerfile, arguments: arguments, triggers: triggers)
        }
        self.graph = graph
        self.images = images
        warnings = try Self.lint(input, graph, images, arguments)
        unusedArguments = arguments.unusedWarning(in: dockerfile, graph)
    }

    /// The image that a name stands for.
    func image(_ name: String, platform: String?) -> Image? {
        images[ImageUse(name: name, platform: platform ?? arguments.targetPlatform.description)]
    }

    /// The directory that a name stands for, if it was given to the build.
    func directory(_ name: String) -> NamedBuildContext? {
        guard let context = options.contexts[name], case .directory = context.source else { return nil }
        return context
    }
}

extension BuildPlan {
    private static func arguments(of options: ImageBuilder.Options) throws -> BuildArguments {
        var arguments = BuildArguments(values: options.arguments, target: options.target)
        if let platform = options.platform {
            do throws(ValueError) {
                arguments.targetPlatform = try BuildPlatform(platform.description)
            } catch {
                throw ImageBuilderError(.invalidOption, error.message)
            }
        }
        return arguments
    }

    private static func epoch(_ text: String?) throws -> Int? {
        guard let text, !text.isEmpty else { return nil }
        guard let epoch = Int(text), epoch >= 0 else {
            throw ImageBuilderError(
                .invalidOption,
                "SOURCE_DATE_EPOCH must be a number of seconds since 1970, not \(text.inQuotes)"
            )
        }
        return epoch
    }

    /// The images that the needed stages use, each with the place of its first use.
    private static func uses(
        in graph: StageGraph,
        _ options: ImageBuilder.Options,
        _ arguments: BuildArguments
    ) -> [ImageUse: (location: SourceLocation, reference: NamedBuildContext?)] {
        var uses: [ImageUse: (location: SourceLocation, reference: NamedBuildContext?)] = [:]
        let target = arguments.targetPlatform.description
        for index in graph.needed {
            let node = graph.nodes[index]
            if case .image(let name) = node.base {
                let use = ImageUse(name: name, platform: node.platform ?? target)
                uses[use] = uses[use] ?? (node.stage.location, options.contexts[name])
            }
            for place in node.uses {
                guard case .image(let name) = place.origin else { continue }
                if let context = options.contexts[name], case .directory = context.source { continue }
                let use = ImageUse(name: name, platform: target)
                uses[use] = uses[use] ?? (node.instructions[place.instruction].location, options.contexts[name])
            }
        }
        return uses
    }

    private static func find(
        _ uses: [ImageUse: (location: SourceLocation, reference: NamedBuildContext?)],
        with resolver: any BuildImageResolver
    ) async throws -> [ImageUse: Image] {
        try await withThrowingTaskGroup(of: (ImageUse, Image).self) { tasks in
            for (use, (location, context)) in uses {
                tasks.addTask { (use, try await find(use, at: location, context, with: resolver)) }
            }
            var images: [ImageUse: Image] = [:]
            for try await (use, image) in tasks { images[use] = image }
            return images
        }
    }

    private static func find(
        _ use: ImageUse,
        at location: SourceLocation,
        _ context: NamedBuildContext?,
        with resolver: any BuildImageResolver
    ) async throws -> Image {
        do {
            switch context?.source {
            case .directory, .context:
                throw ImageBuilderError(.unsupported, "a stage can't begin with a directory, only copy from it")
            case .image(let reference):
                return try await resolver.image(reference, platform: Platform(use.platform))
            case nil:
                return try await resolver.image(
                    ImageReference(use.name).taggedByDefault,
                    platform: Platform(use.platform)
                )
            }
        } catch let error as CancellationError {
            throw error
        } catch let error as ImageBuilderError {
            throw error.located(at: location)
        } catch {
            throw ImageBuilderError(.image, "the image \(use.name.inQuotes) can't be used: \(error)", at: location)
        }
    }

    private static func triggers(
        in graph: StageGraph,
        _ images: [ImageUse: Image],
        _ arguments: BuildArguments
    ) -> [String: [String]] {
        var triggers: [String: [String]] = [:]
        for index in graph.needed {
            let node = graph.nodes[index]
            guard case .image(let name) = node.base else { continue }
            let use = ImageUse(name: name, platform: node.platform ?? arguments.targetPlatform.description)
            if let texts = images[use]?.defaults.onBuild, !texts.isEmpty { triggers[name] = texts }
        }
        return triggers
    }

    /// The broken rules; those that the file makes errors end the build.
    private static func lint(
        _ input: BuildInput,
        _ graph: StageGraph,
        _ images: [ImageUse: Image],
        _ arguments: BuildArguments
    ) throws -> [LintWarning] {
        var options = DockerfileCheck.Options()
        options.arguments = arguments
        options.ignoreFile = input.ignore
        for (use, image) in images {
            options.images[use.name] = StageScope(image.defaults)
            options.triggers[use.name] = image.defaults.onBuild
        }
        options.otherPlatform = { images[ImageUse(name: $0, platform: $1)]?.platform(unlike: $1) }
        let check = DockerfileCheck(input.text, file: input.file, options: options)
        if let error = check.error, error.code == .lintViolation { throw error }
        return check.warnings
    }
}

extension Image {
    /// What the image is for, where it does not run on the platform that is expected.
    func platform(unlike expected: String) -> String? {
        let own = configuration.platform
        guard let wanted = try? Platform(expected), !own.satisfies(wanted) else { return nil }
        return own.description
    }
}

extension StageScope {
    /// The scope at the start of a stage that begins with an image of these defaults.
    init(_ defaults: ImageConfiguration.Defaults) {
        self.init(
            environment: defaults.environment ?? [],
            workingDirectory: defaults.workingDirectory ?? "",
            shell: defaults.shell ?? []
        )
    }
}
