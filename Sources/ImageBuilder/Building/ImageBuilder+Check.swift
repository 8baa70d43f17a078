// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

/// What a look at a Dockerfile found.
public struct BuildCheck: Sendable {
    /// The lint rules that it breaks.
    public let warnings: [LintWarning]
    /// The first mistake, which would end a build.
    public let error: ImageBuilderError?
}

extension ImageBuilder {
    /// Looks at a Dockerfile without building anything.
    ///
    /// Of base images that the store lacks nothing is known, so nothing is said of variables in stages that begin with
    /// them.
    ///
    /// - Parameters:
    ///   - context: The files that the Dockerfile may copy.
    ///   - dockerfile: Where the Dockerfile is.
    ///   - options: What a build would be told.
    /// - Returns: The warnings, and the mistake if there is one.
    /// - Throws: ``ImageBuilderError`` if the Dockerfile or the context can't be read.
    public func check(
        _ context: BuildContext,
        dockerfile: DockerfileSource = .named("Dockerfile"),
        options: Options = Options()
    ) async throws -> BuildCheck {
        let loader = ContextLoader(builder: self, arguments: options.arguments)
        let input = try BuildInput(try await loader.files(of: context), dockerfile)
        var settings = DockerfileCheck.Options()
        settings.arguments = BuildArguments(values: options.arguments, target: options.target)
        settings.ignoreFile = input.ignore
        settings.otherPlatform = { [store] name, expected in
            guard let platform = try? Platform(expected) else { return nil }
            return (try? store.image(name, platform: platform))?.platform(unlike: expected)
        }
        settings.isImageName = { (try? ImageReference($0)) != nil }
        if let parsed = try? Dockerfile(parsing: input.text, file: input.file),
            let graph = try? StageGraph(parsed, arguments: settings.arguments)
        {
            for name in graph.images {
                guard let image = try? store.image(name, platform: options.platform ?? .current) else { continue }
                settings.images[name] = StageScope(image.defaults)
                settings.triggers[name] = image.defaults.onBuild
            }
        }
        let check = DockerfileCheck(input.text, file: input.file, options: settings)
        return BuildCheck(warnings: check.warnings, error: check.error)
    }
}
