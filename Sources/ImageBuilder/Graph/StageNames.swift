// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds the stages that instructions name.
struct StageNames {
    private let indices: [String: Int]
    private let count: Int

    init(_ stages: [Stage]) {
        count = stages.count
        // Of stages with the same name the last counts.
        indices = stages.enumerated().reduce(into: [:]) { indices, element in
            if let name = element.element.name { indices[name] = element.offset }
        }
    }

    /// The stage that is asked for, or the last.
    func target(_ name: String?) throws(ImageBuilderError) -> Int {
        guard let name, !name.isEmpty else { return count - 1 }
        if let index = indices[name.lowercased()] { return index }
        let names = indices.keys.sorted()
        let hint = Suggestion.hint(for: name, among: names)
        let known = names.isEmpty ? "none has a name" : "there are: \(names.joined(separator: ", "))"
        throw ImageBuilderError(.invalidStage, "no such stage: \(name)\(hint); \(known)")
    }

    /// Where instructions use files of stages and images.
    func uses(of instructions: [Instruction]) throws(ImageBuilderError) -> [StageGraph.Use] {
        var uses: [StageGraph.Use] = []
        for (index, instruction) in instructions.enumerated() {
            switch instruction.kind {
            case .copy(let copy):
                guard let from = copy.from else { continue }
                let origin = try origin(ofCopyFrom: from, in: instruction)
                uses.append(.init(instruction: index, mount: nil, origin: origin))
            case .run(let run):
                for (mount, option) in run.mountOptions.enumerated() {
                    guard let from = option.from else { continue }
                    uses.append(.init(instruction: index, mount: mount, origin: origin(named: from)))
                }
            default: continue
            }
        }
        return uses
    }

    private func origin(named name: String) -> StageGraph.Origin {
        if let index = indices[name.lowercased()] { return .stage(index) }
        return name == "scratch" ? .scratch : .image(name)
    }

    /// `COPY --from` takes a stage's number, too; it can't hold a variable.
    private func origin(
        ofCopyFrom from: String,
        in instruction: Instruction
    ) throws(ImageBuilderError) -> StageGraph.Origin {
        let place = instruction.line.location(ofText: from)
        let expander = VariableExpander(escape: "\\")
        guard try instruction.expand(from, with: expander, in: Environment()).text == from else {
            throw ImageBuilderError(
                .invalidArgument,
                "--from can't hold a variable: give the image a stage of its own and name that",
                at: place
            )
        }
        guard let index = Int(from) else { return origin(named: from) }
        guard (0..<count).contains(index) else {
            throw ImageBuilderError(
                .invalidStage,
                "no such stage: \(index); there are \(count), counted from 0",
                at: place
            )
        }
        return .stage(index)
    }
}
