// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Stage {
    /// The instructions that the texts of `ONBUILD` stand for.
    ///
    /// Messages name the stage that they run in.
    func instructions(
        fromTriggers triggers: [String],
        _ dockerfile: Dockerfile
    ) throws(ImageBuilderError) -> [Instruction] {
        var instructions: [Instruction] = []
        for trigger in triggers {
            do throws(ImageBuilderError) {
                let tree = try SyntaxTree(SourceFile(name: dockerfile.file, text: trigger))
                guard tree.instructions.count == 1, tree.instructions[0].kind != .from else {
                    throw ImageBuilderError(.invalidArgument, "it must be one instruction")
                }
                instructions.append(try Instruction(trigger: tree.instructions[0], at: self))
            } catch {
                throw ImageBuilderError(
                    error.code,
                    "the base image's trigger \(trigger.inQuotes) can't be run: \(error.message)",
                    at: location
                )
            }
        }
        return instructions
    }
}

extension Instruction {
    /// What a base image left for the stages that begin with it.
    fileprivate init(trigger: InstructionLine, at stage: Stage) throws(ImageBuilderError) {
        kind = try Kind(trigger)
        keyword = trigger.keyword.text
        text = trigger.original.trimmed()
        location = stage.location
        comments = []
        isTrigger = true
        line = stage.line
    }
}
