// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A look at a Dockerfile that builds nothing: the mistakes and the broken rules that can be seen in it.
package struct DockerfileCheck: Sendable {
    /// What the check may know beside the file.
    package struct Options: Sendable {
        /// The build's arguments, and the target: all stages where none is named.
        package var arguments = BuildArguments()
        /// Which rules apply; nil for what the file's own `check` directive says.
        package var settings: LintSettings?
        /// What the build context leaves out.
        package var ignoreFile: IgnoreFile?
        /// What the base images set, by the names that `FROM` uses.
        ///
        /// Of an image that is not here nothing is known, and no variable is missed in a stage that begins with it.
        package var images: [String: StageScope] = [:]
        /// The `ONBUILD` texts of the base images.
        package var triggers: [String: [String]] = [:]
        /// The platform that a base image is for, where it is not the one that is expected of it.
        package var otherPlatform: @Sendable (_ name: String, _ expected: String) -> String? = { _, _ in nil }
        /// Whether a text is a valid image name.
        package var isImageName: @Sendable (String) -> Bool = { !$0.isEmpty }

        package init() {}
    }

    /// The broken rules, in the order in which they were found.
    package let warnings: [LintWarning]
    /// The first mistake, which would end a build.
    package let error: ImageBuilderError?

    package init(_ text: String, file: String = "Dockerfile", options: Options = Options()) {
        var linter = Linter(settings: options.settings ?? LintSettings())
        do throws(ImageBuilderError) {
            try Self.check(SourceFile(name: file, text: text), options, &linter)
            error = linter.violation()
        } catch {
            self.error = error
        }
        warnings = linter.warnings
    }

    private static func check(
        _ source: SourceFile,
        _ options: Options,
        _ linter: inout Linter
    ) throws(ImageBuilderError) {
        if options.settings == nil { linter = Linter(settings: try LintSettings(directiveIn: source)) }
        let tree = try SyntaxTree(source)
        for continuation in tree.emptyContinuations {
            linter.warn(.noEmptyContinuation, "Empty continuation line", at: source.location(line: continuation.line))
        }
        let dockerfile = try Dockerfile(tree, linter: &linter)
        linter.checkStages(of: dockerfile)
        linter.checkDefaultBases(of: dockerfile, arguments: options.arguments, isImageName: options.isImageName)
        let graph = try StageGraph(
            dockerfile,
            arguments: options.arguments,
            triggers: options.triggers,
            linter: &linter
        )
        try checkValues(of: graph, dockerfile, options, &linter)
    }

    private static func checkValues(
        of graph: StageGraph,
        _ dockerfile: Dockerfile,
        _ options: Options,
        _ linter: inout Linter
    ) throws(ImageBuilderError) {
        let global = try options.arguments.global(of: dockerfile)
        // A stage's base stands before it, so its scope is there when the stage needs it.
        var scopes: [Int: StageScope] = [:]
        for index in options.arguments.target == nil ? Array(graph.nodes.indices) : graph.needed {
            let node = graph.nodes[index]
            linter.checkBasePlatform(of: node, options)
            let scope =
                switch node.base {
                case .scratch: StageScope()
                case .image(let name): options.images[name] ?? StageScope(environment: nil)
                case .stage(let base): scopes[base] ?? StageScope(environment: nil)
                }
            var evaluator = StageEvaluator(
                escape: dockerfile.escape,
                scope: scope,
                global: global,
                arguments: options.arguments,
                ignoreFile: options.ignoreFile,
                linter: linter
            )
            defer { linter = evaluator.linter }
            for instruction in node.instructions { _ = try evaluator.evaluate(instruction) }
            scopes[index] = evaluator.scope
        }
    }
}

extension LintSettings {
    /// The settings of a file's `check` directive.
    package init(directiveIn file: SourceFile) throws(ImageBuilderError) {
        var lines = file.lines[...]
        if let first = lines.first, first.drop(while: { $0 == "\u{FEFF}" }).hasPrefix("#!") { lines.removeFirst() }
        guard let directive = ParserDirectiveReader.directives(in: lines).first(where: { $0.name == .check }) else {
            self.init()
            return
        }
        do throws(ImageBuilderError) {
            try self.init(directive: directive.firstWord)
        } catch {
            throw ImageBuilderError(error.code, error.message, at: file.location(line: directive.line))
        }
    }
}
