// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension StageEvaluator {
    mutating func expand(_ word: String, in instruction: Instruction) throws(ImageBuilderError) -> String {
        try expand(word, with: expander, in: instruction)
    }

    mutating func expand(option word: String?, in instruction: Instruction) throws(ImageBuilderError) -> String? {
        guard let word else { return nil }
        let expanded = try expand(word, with: expander, in: instruction)
        return expanded.isEmpty ? nil : expanded
    }

    mutating func expand(
        _ word: String,
        with expander: VariableExpander,
        in instruction: Instruction
    ) throws(ImageBuilderError) -> String {
        let expansion = try instruction.expand(word, with: expander, in: scope.environment)
        reportUndefined(expansion.missing, instruction)
        return expansion.text
    }

    mutating func expand(
        _ sources: Instruction.Sources,
        in instruction: Instruction
    ) throws(ImageBuilderError) -> Instruction.Sources {
        var sources = sources
        for index in sources.paths.indices {
            sources.paths[index] = try expand(sources.paths[index], in: instruction)
        }
        sources.destination = try expand(sources.destination, in: instruction)
        // In a here-document quotes are plain, and the escape is \ whatever the Dockerfile's is.
        var contentExpander = VariableExpander(escape: "\\")
        contentExpander.ignoresQuotes = true
        for index in sources.files.indices where sources.files[index].expands {
            sources.files[index].content = try expand(
                sources.files[index].content,
                with: contentExpander,
                in: instruction
            )
        }
        return sources
    }

    mutating func expand(
        _ pairs: [Instruction.Pair],
        in instruction: Instruction
    ) throws(ImageBuilderError) -> [Instruction.Pair] {
        var pairs = pairs
        for index in pairs.indices {
            pairs[index].name = try expand(pairs[index].name, in: instruction)
            pairs[index].value = try expand(pairs[index].value, in: instruction)
        }
        return pairs
    }

    mutating func expand(
        volumes paths: [String],
        in instruction: Instruction
    ) throws(ImageBuilderError) -> [String] {
        var expanded: [String] = []
        for path in paths {
            expanded.append(try expand(path, in: instruction))
            guard expanded.last?.isEmpty == false else {
                throw ImageBuilderError(
                    .invalidArgument,
                    "a VOLUME path is empty once the variables are expanded",
                    at: instruction.line.location(ofText: path)
                )
            }
        }
        return expanded
    }

    mutating func expandPorts(
        _ ports: [String],
        _ instruction: Instruction
    ) throws(ImageBuilderError) -> [String] {
        var exposed: [String] = []
        for port in ports {
            for word in try instruction.expand(port, with: expander, in: scope.environment).words {
                do throws(ValueError) {
                    let specification = try ExposedPort(word)
                    exposed += specification.ports
                    linter.check(specification, text: word, instruction)
                } catch {
                    throw ImageBuilderError(
                        .invalidArgument,
                        error.message,
                        at: instruction.line.location(ofText: port)
                    )
                }
            }
        }
        return exposed
    }
}
