// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Decides which steps of a build can run now.
///
/// It runs nothing: whoever does reports back.
///
/// A stage's steps run one after the other. A stage starts once its base is whole, and a step that uses another
/// stage's files waits for that stage alone, so stages run at the same time as far as they can.
package struct BuildSchedule: Sendable {
    /// One instruction of one stage.
    package struct Step: Sendable, Hashable {
        /// The stage's number.
        package let stage: Int
        /// The instruction's number in the stage; -1 for getting the base ready.
        package let instruction: Int

        package init(stage: Int, instruction: Int) {
            self.stage = stage
            self.instruction = instruction
        }
    }

    private struct Progress: Sendable {
        /// The next step to start, or the running one.
        var instruction = -1
        var isRunning = false
    }

    private let graph: StageGraph
    /// The needed stages that are not whole yet.
    private var progress: [Int: Progress]
    private var finished: Set<Int> = []
    private var failed: Set<Int> = []

    package init(_ graph: StageGraph) {
        self.graph = graph
        progress = Dictionary(uniqueKeysWithValues: graph.needed.map { ($0, Progress()) })
    }

    /// Whether every needed stage is whole.
    package var isFinished: Bool { progress.isEmpty }

    /// Whether nothing runs and nothing can: the build is done, or a failure has stopped it.
    package var isStuck: Bool {
        progress.allSatisfy { !$0.value.isRunning && !canStart($0.key, $0.value) }
    }

    /// The steps that can start now, those of earlier stages first.
    ///
    /// They count as running from here on.
    package mutating func start() -> [Step] {
        var steps: [Step] = []
        for (stage, state) in progress.sorted(by: { $0.key < $1.key }) where canStart(stage, state) {
            steps.append(Step(stage: stage, instruction: state.instruction))
            progress[stage]?.isRunning = true
        }
        return steps
    }

    /// A running step has done its work.
    package mutating func finish(_ step: Step) {
        guard var state = progress[step.stage], state.isRunning, state.instruction == step.instruction else { return }
        state.isRunning = false
        state.instruction += 1
        if state.instruction < graph.nodes[step.stage].instructions.count {
            progress[step.stage] = state
        } else {
            progress[step.stage] = nil
            finished.insert(step.stage)
        }
    }

    /// A running step has failed: its stage, and all that need it, will not go on.
    package mutating func fail(_ step: Step) {
        guard let state = progress[step.stage], state.isRunning, state.instruction == step.instruction else { return }
        progress[step.stage]?.isRunning = false
        failed.insert(step.stage)
    }

    private func canStart(_ stage: Int, _ state: Progress) -> Bool {
        guard !state.isRunning, !failed.contains(stage) else { return false }
        let node = graph.nodes[stage]
        if state.instruction < 0 { return isReady(node.base) }
        return node.uses.allSatisfy { $0.instruction != state.instruction || isReady($0.origin) }
    }

    private func isReady(_ origin: StageGraph.Origin) -> Bool {
        if case .stage(let stage) = origin { finished.contains(stage) } else { true }
    }
}
