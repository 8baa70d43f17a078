// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage

/// Does one step of one stage.
struct StepRunner: Sendable {
    let run: BuildRun
    let step: BuildSchedule.Step
    /// How far the stages are: this one, and those that it may use, which are whole.
    let stages: [Int: StageState]
    /// Told about each layer that was made.
    let finished: @Sendable (BuildLayer) -> Void

    var plan: BuildPlan { run.plan }
    var node: StageGraph.Node { plan.graph.nodes[step.stage] }
    /// What messages call the step; nil for one that only sets something.
    var title: BuildStep? { run.titles[step] }

    /// The stage after the step.
    func perform() async throws -> StageState {
        guard step.instruction >= 0 else { return try await begin() }
        let instruction = node.instructions[step.instruction]
        guard var state = stages[step.stage] else {
            throw ImageBuilderError(.invalidStage, "the stage has not begun", at: instruction.location)
        }
        do {
            try Task.checkCancellation()
            let evaluated = try state.evaluator.evaluate(instruction)
            state.image.apply(evaluated, scope: state.evaluator.scope)
            switch evaluated.kind {
            case .run(let command): try await perform(command, &state)
            case .copy(let copy): try await perform(FileCopying(copy, origin: origin()), &state)
            case .add(let add): try await perform(FileCopying(add), &state)
            case .workdir(let path) where path != "/": try await makeWorkingDirectory(path, &state)
            default: break
            }
            return state
        } catch {
            throw explain(error, at: instruction.location)
        }
    }

    private func explain(_ error: any Error, at location: SourceLocation) -> any Error {
        if error is CancellationError { return error }
        let located =
            (error as? ImageBuilderError)?.located(at: location)
            ?? ImageBuilderError(.system, "\(error)", at: location)
        if let title { run.report(.failed, title, text: located.message) }
        return located
    }

    /// Where `COPY --from` copies from; nil for the context.
    private func origin() -> StageGraph.Origin? {
        node.uses.first { $0.instruction == step.instruction && $0.mount == nil }?.origin
    }

    // MARK: Layers

    /// Does a step whose key is known, unless it was done before.
    ///
    /// `action` is what the key is made of; `isIndependent` says that the result is the same whatever lies below. `make`
    /// makes the changes in the upper directory that it is given.
    func layer(
        _ action: CacheStep,
        isIndependent: Bool = false,
        _ state: inout StageState,
        make: (FilePath, [FilePath]) async throws -> Void
    ) async throws {
        let chained = StepCache.key(of: action, after: state.key)
        let key = isIndependent ? StepCache.key(of: action, after: nil) : chained
        state.key = chained
        if let found = try await run.cache.find(key) {
            run.note(cached: found)
            run.report(.cached, title)
            state.layers.append(found)
            return
        }
        run.report(.started, title)
        let clock = ContinuousClock()
        let start = clock.now
        let lower = try await run.directories.paths(of: state.layers)
        let upper = try run.session.makeDirectory()
        try TreeRoot.copyTop(from: lower.last, to: upper)
        try await make(upper, lower)
        if let epoch = plan.epoch {
            try await CancellationFlag.with { flag in
                try await OwnThread.run { try TreeRoot(path: upper).clampTimes(to: epoch, cancellation: flag) }
            }
        }
        let layer = BuildLayer(upper: upper, created: run.now(), key: key)
        state.layers.append(layer)
        finished(layer)
        run.report(.finished, title, duration: start.duration(to: clock.now))
    }

    private func makeWorkingDirectory(_ path: String, _ state: inout StageState) async throws {
        let user = state.image.defaults.user ?? ""
        let epoch = plan.epoch
        let action = CacheStep.Directory(path: path, owner: user, time: epoch.map(UInt64.init))
        let session = run.session
        try await layer(.directory(action), &state) { upper, lower in
            let work = try session.makeDirectory()
            try await CancellationFlag.with { flag in
                try await OwnThread.run {
                    let root = try TreeRoot.writable(over: lower, upper: upper, work: work)
                    let copier = TreeCopier(into: root, cancellation: flag)
                    if !user.isEmpty { copier.owner = try OwnerLookup.owner(user, in: root) }
                    copier.time = epoch.map { .init(seconds: $0, nanoseconds: 0) }
                    _ = try copier.makeDirectory(FileName(path), orRefuse: path)
                }
            }
        }
    }
}

extension BuildRun {
    /// The time of a step, as images write it.
    func now() -> String {
        plan.epoch.map { Moment(seconds: $0, nanoseconds: 0).description } ?? Moment.now().description
    }
}

extension TreeRoot {
    /// Gives an upper directory the permissions and the owner of the root that it lies on.
    static func copyTop(from lower: FilePath?, to upper: FilePath) throws(ImageBuilderError) {
        let directory = try TreeRoot(path: upper).directory
        guard let lower else {
            try SystemCall.check("fchmod", upper.string) { fchmod(directory.number, 0o755) }
            return
        }
        let status = try TreeRoot(path: lower).directory.status()
        try TreeCopier.give(directory, to: FileOwner(user: status.user, group: status.group))
        try SystemCall.check("fchmod", upper.string) { fchmod(directory.number, status.permissions) }
    }
}
