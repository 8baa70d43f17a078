// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension StageGraph {
    /// Works out the graph of a Dockerfile.
    ///
    /// The instructions that an image holds for its heirs are known only once its configuration is read. Build the
    /// graph without them, read the images it needs, and build it again with `triggers`.
    ///
    /// - Parameters:
    ///   - dockerfile: The file.
    ///   - arguments: The build's arguments, and the target: the last stage where none is named.
    ///   - triggers: The `ONBUILD` texts of images, by the names that `FROM` uses.
    /// - Throws: ``ImageBuilderError`` with the code `invalidStage`, `expansion` or `invalidArgument`.
    package init(
        _ dockerfile: Dockerfile,
        arguments: BuildArguments = .init(),
        triggers: [String: [String]] = [:]
    ) throws(ImageBuilderError) {
        var linter = Linter(settings: .init(), isSilent: true)
        try self.init(dockerfile, arguments: arguments, triggers: triggers, linter: &linter)
    }

    init(
        _ dockerfile: Dockerfile,
        arguments: BuildArguments,
        triggers: [String: [String]],
        linter: inout Linter
    ) throws(ImageBuilderError) {
        guard !dockerfile.stages.isEmpty else {
            throw ImageBuilderError(.invalidStage, "the file has no stage: there must be a FROM")
        }
        let bases = try StageBases(dockerfile, arguments: arguments, linter: &linter)
        let names = StageNames(dockerfile.stages)
        var nodes: [Node] = []
        for (index, stage) in dockerfile.stages.enumerated() {
            var inherited: [Instruction] = []
            switch bases.origins[index] {
            case .scratch: break
            case .image(let name): inherited = try stage.instructions(fromTriggers: triggers[name] ?? [], dockerfile)
            case .stage(let base): inherited = try stage.instructions(fromTriggers: nodes[base].triggers, dockerfile)
            }
            let instructions = inherited + stage.instructions
            nodes.append(
                Node(
                    index: index,
                    stage: stage,
                    base: bases.origins[index],
                    platform: bases.platforms[index],
                    instructions: instructions,
                    uses: try names.uses(of: instructions)
                )
            )
        }
        self.init(nodes: nodes, target: try names.target(arguments.target))
        try checkCircles()
        try checkOrder()
    }

    /// No stage may need itself, not even over others.
    private func checkCircles() throws(ImageBuilderError) {
        var done: Set<Int> = []
        for start in nodes.indices where !done.contains(start) {
            // Each entry is a stage on the path, with those of its dependencies that are still to be followed.
            var path: [(stage: Int, rest: [Int])] = [(start, nodes[start].dependencies)]
            while let last = path.last {
                guard let next = last.rest.first else {
                    done.insert(last.stage)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].rest.removeFirst()
                if path.contains(where: { $0.stage == next }) { throw circle(through: last.stage, to: next) }
                if !done.contains(next) { path.append((next, nodes[next].dependencies)) }
            }
        }
    }

    private func circle(through stage: Int, to dependency: Int) -> ImageBuilderError {
        ImageBuilderError(
            .invalidStage,
            "the stage \(nodes[dependency].label) depends on itself",
            at: location(of: .stage(dependency), in: nodes[stage])
        )
    }

    /// Files can be taken only from stages that stand before.
    private func checkOrder() throws(ImageBuilderError) {
        for index in needed {
            guard let later = nodes[index].dependencies.first(where: { $0 > index }) else { continue }
            throw ImageBuilderError(
                .invalidStage,
                "the stage \(nodes[later].label) must stand before the stage \(nodes[index].label), which uses it",
                at: location(of: .stage(later), in: nodes[index])
            )
        }
    }

    private func location(of origin: Origin, in node: Node) -> SourceLocation {
        guard let use = node.uses.first(where: { $0.origin == origin }) else { return node.stage.location }
        return node.instructions[use.instruction].location
    }
}

extension StageGraph.Node {
    /// The texts of the instructions that this stage leaves for its heirs.
    fileprivate var triggers: [String] {
        instructions.compactMap { if case .onbuild(let text) = $0.kind { text } else { nil } }
    }
}
