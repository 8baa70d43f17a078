// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Parsing, against BuildKit's answers")
struct ParseCorpusTests {
    private static func cases() throws -> [ParseCase] {
        try Corpus.cases(ParseCase.self, in: "dockerfile-parse.jsonl")
    }

    @Test("every file is cut into the lines that BuildKit cuts it into", .corpus("dockerfile-parse.jsonl"))
    func lines() throws {
        let cases = try Self.cases()
        #expect(cases.count >= 891)
        var differences = Differences()
        for test in cases {
            do throws(ImageBuilderError) {
                let tree = try SyntaxTree(SourceFile(name: "Dockerfile", text: test.text))
                guard let nodes = test.expect.nodes else {
                    differences.note("\(test.name): parsed, but BuildKit fails: \(test.expect.parseError ?? "")")
                    continue
                }
                differences.expect(tree.escape.description, test.expect.escape, "\(test.name): escape")
                differences.expect(
                    tree.emptyContinuations.map { "Empty continuation line found in: \($0.text)" },
                    test.expect.warnings ?? [],
                    "\(test.name): warnings"
                )
                differences.expect(tree.dump, test.expect.dump, "\(test.name): dump")
                differences.expect(tree.instructions.count, nodes.count, "\(test.name): count")
                for (line, node) in zip(tree.instructions, nodes) {
                    compare(line, node, isTrigger: false, test.name, &differences)
                }
            } catch {
                if test.expect.parseError == nil { differences.note("\(test.name): \(error)") }
            }
        }
        #expect(differences.found.isEmpty, differences.summary)
    }

    private func compare(
        _ line: InstructionLine,
        _ node: ParseCase.Node,
        isTrigger: Bool,
        _ name: String,
        _ differences: inout Differences
    ) {
        let place = "\(name):\(node.startLine)"
        differences.expect(line.keyword.text.lowercased(), node.instruction.lowercased(), "\(place): keyword")
        differences.expect(line.original, node.original, "\(place): original")
        differences.expect(line.flags.map(\.text), node.flags ?? [], "\(place): flags")
        differences.expect(line.arguments.map(\.text), node.args, "\(place): arguments")
        differences.expect(line.isJSON, node.json ?? false, "\(place): JSON")
        differences.expect(line.comments, node.comments ?? [], "\(place): comments")
        if !isTrigger { differences.expect(line.line.lines, node.startLine...node.endLine, "\(place): lines") }
        let documents = line.heredocs.map {
            ParseCase.Heredoc(
                Name: $0.name,
                FileDescriptor: $0.descriptor,
                Expand: $0.expands,
                Chomp: $0.chomps,
                Content: $0.content
            )
        }
        differences.expect(documents, node.heredocs ?? [], "\(place): here-documents")
        differences.expect(line.triggers.count, node.sub == nil ? 0 : 1, "\(place): trigger")
        if let trigger = line.triggers.first, let sub = node.sub {
            compare(trigger, sub, isTrigger: true, name, &differences)
        }
    }

    @Test("every file gets the stages and commands that BuildKit gives it", .corpus("dockerfile-parse.jsonl"))
    func stages() throws {
        var differences = Differences()
        for test in try Self.cases() where test.expect.parseError == nil {
            var linter = Linter(settings: .init())
            do throws(ImageBuilderError) {
                let tree = try SyntaxTree(SourceFile(name: "Dockerfile", text: test.text))
                let dockerfile = try Dockerfile(tree, linter: &linter)
                compare(dockerfile, test, &differences)
            } catch {
                let wanted = test.expect.instructionError
                if wanted == nil { differences.note("\(test.name): \(error)") }
                if let line = wanted.flatMap(Self.line) {
                    differences.expect(error.location?.lines.lowerBound, line, "\(test.name): \(error.message)")
                }
            }
            let lints = linter.warnings.map {
                ParseCase.Lint(rule: $0.rule.description, msg: $0.message, line: $0.location.lines.lowerBound)
            }
            differences.expect(lints, test.expect.lints ?? [], "\(test.name): lints")
        }
        #expect(differences.found.isEmpty, differences.summary)
    }

    /// The line that a message of BuildKit's names.
    private static func line(of message: String) -> Int? {
        guard let range = message.firstRange(of: "on line ") else { return nil }
        return Int(message[range.upperBound...].prefix { $0.isNumber })
    }

    private func compare(_ dockerfile: Dockerfile, _ test: ParseCase, _ differences: inout Differences) {
        guard let stages = test.expect.stages else {
            differences.note("\(test.name): read, but BuildKit fails: \(test.expect.instructionError ?? "")")
            return
        }
        differences.expect(dockerfile.syntax, test.expect.syntax, "\(test.name): syntax")
        differences.expect(
            dockerfile.globalArguments.map { ParseCase.Command.Value($0.kind).Args },
            test.expect.globalArgs ?? [],
            "\(test.name): global arguments"
        )
        differences.expect(dockerfile.stages.count, stages.count, "\(test.name): stages")
        for (stage, wanted) in zip(dockerfile.stages, stages) {
            let place = "\(test.name): stage \(wanted.base)"
            differences.expect(stage.name ?? "", wanted.name, "\(place): name")
            differences.expect(stage.base, wanted.base, "\(place): base")
            differences.expect(stage.platform ?? "", wanted.platform, "\(place): platform")
            differences.expect(stage.instructions.count, wanted.commands?.count ?? 0, "\(place): commands")
            for (instruction, command) in zip(stage.instructions, wanted.commands ?? []) {
                compare(instruction, command, "\(place): \(instruction.text)", &differences)
            }
        }
    }

    private func compare(
        _ instruction: Instruction,
        _ command: ParseCase.Command,
        _ place: String,
        _ differences: inout Differences
    ) {
        differences.expect(instruction.keyword, command.type, place)
        differences.expect(
            ParseCase.Command.Value(instruction.kind).normalised,
            command.value.normalised,
            place
        )
        guard case .run(let run) = instruction.kind else { return }
        differences.expect(run.network.description, command.network, place)
        differences.expect(run.security.description, command.security, place)
        differences.expect(mounts(of: run), command.mounts ?? [], place)
    }

    /// The mounts with their variables left as they are; where that can't be, what is known before the expansion.
    private func mounts(of run: Instruction.Run) -> [ParseCase.Command.Mount] {
        do throws(ValueError) {
            var mounts: [ParseCase.Command.Mount] = []
            for option in run.mountOptions {
                mounts.append(.init(try .init(option: option.value.text) { (value) throws(ValueError) in value }))
            }
            return mounts
        } catch {
            return run.mountOptions.map { .init(from: $0.from) }
        }
    }
}
