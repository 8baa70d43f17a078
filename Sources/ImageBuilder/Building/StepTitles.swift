// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What the steps of a build are called: `[build 2/5] RUN make`.
struct StepTitles: Sendable {
    private let steps: [BuildSchedule.Step: BuildStep]

    init(_ graph: StageGraph) {
        var steps: [BuildSchedule.Step: BuildStep] = [:]
        let isSingle = graph.nodes.count == 1
        for index in graph.needed {
            let node = graph.nodes[index]
            let name = isSingle ? "" : node.label
            let shown = node.instructions.indices.filter { node.instructions[$0].changesFiles }
            let total = shown.count + 1
            func add(_ instruction: Int, place: Int, _ text: String) {
                let prefix = name.isEmpty ? "" : name + " "
                steps[.init(stage: index, instruction: instruction)] = BuildStep(
                    number: steps.count + 1,
                    title: "[\(prefix)\(place)/\(total)] \(Self.line(text))",
                    stage: name
                )
            }
            add(-1, place: 1, node.stage.text)
            for (place, instruction) in shown.enumerated() {
                let trigger = node.instructions[instruction].isTrigger ? "ONBUILD " : ""
                add(instruction, place: place + 2, trigger + node.instructions[instruction].text)
            }
        }
        self.steps = steps
    }

    /// The step, unless it only sets something.
    subscript(step: BuildSchedule.Step) -> BuildStep? { steps[step] }

    /// The text on one line.
    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text
    }
}

extension Instruction {
    /// Whether it makes a layer.
    var changesFiles: Bool {
        switch kind {
        case .run, .copy, .add, .workdir: true
        default: false
        }
    }
}
