// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import Synchronization
import SystemPackage

/// One build under way: it runs the steps that can run, keeps what they make, and puts the image together.
final class BuildRun: Sendable {
    /// What the steps have made so far.
    private struct Made: Sendable {
        var layers: [BuildLayer] = []
        var steps = 0
        var cachedSteps = 0
    }

    let plan: BuildPlan
    let builder: ImageBuilder
    let session: IngestSession
    let cache: StepCache
    let directories: LayerDirectories
    let mounts: CacheMounts
    let networks: CommandNetworks
    let titles: StepTitles
    /// A directory without anything in it.
    let empty: FilePath
    private let progress: BuildProgressHandler?
    private let made = Mutex(Made())

    init(_ plan: BuildPlan, builder: ImageBuilder, progress: BuildProgressHandler?) async throws {
        self.plan = plan
        self.builder = builder
        self.progress = progress
        let warn: @Sendable (String) -> Void = { progress?(BuildEvent(.warning, nil, text: $0)) }
        var imports: [BuildCacheImport] = []
        for source in plan.options.cacheSources where plan.options.usesCache {
            do {
                imports.append(try await BuildCacheImport(source))
            } catch let error as CancellationError {
                throw error
            } catch {
                // A cache can make a build faster, and its absence must not end one.
                warn("a cache can't be read: \(error)")
            }
        }
        cache = StepCache(store: builder.store, isUsed: plan.options.usesCache, imports: imports, warn: warn)
        session = try await builder.store.beginIngest()
        empty = try session.makeDirectory()
        directories = LayerDirectories(store: builder.store, empty: empty)
        mounts = CacheMounts(directory: builder.store.root.appending("build-mounts"))
        networks = CommandNetworks(builder.networks)
        titles = StepTitles(plan.graph)
    }

    /// Runs the whole build.
    func perform() async throws -> BuildResult {
        for warning in plan.warnings.map(\.description) + [plan.unusedArguments].compactMap(\.self) {
            progress?(BuildEvent(.warning, nil, text: warning))
        }
        let (stream, sink) = AsyncStream.makeStream(of: BuildLayer.self)
        async let archived = archive(stream)
        let stages: Result<[Int: StageState], any Error>
        do {
            stages = .success(try await runStages { sink.yield($0) })
        } catch {
            stages = .failure(error)
        }
        sink.finish()
        await networks.end()
        let failure = await archived
        switch stages {
        case .failure(let error):
            // Steps that were done need not be done again. What can't be kept is no reason to hide the error.
            if !(error is CancellationError) { try? keepSteps() }
            throw error
        case .success(let stages):
            try Task.checkCancellation()
            if let failure { throw failure }
            guard let target = stages[plan.graph.target] else {
                throw ImageBuilderError(.invalidStage, "the target stage was not built")
            }
            return try await finish(target)
        }
    }

    /// Reports something that happened.
    func report(_ kind: BuildEvent.Kind, _ step: BuildStep?, text: String = "", duration: Duration? = nil) {
        progress?(BuildEvent(kind, step, text: text, duration: duration))
    }

    /// Counts a step that changes files, and whose layer was made before.
    func note(cached layer: BuildLayer) {
        made.withLock { made in
            made.steps += 1
            made.cachedSteps += 1
            made.layers.append(layer)
        }
    }

    var counts: (steps: Int, cached: Int) {
        made.withLock { ($0.steps, $0.cachedSteps) }
    }

    /// The layers that the steps came to and that are archived.
    var archivedLayers: [BuildLayer] {
        made.withLock { $0.layers.filter { $0.stored != nil } }
    }
}

// MARK: Steps

extension BuildRun {
    /// Runs the steps as the schedule lets them.
    ///
    /// The first failure ends the others, and is what is thrown.
    private func runStages(_ finished: @escaping @Sendable (BuildLayer) -> Void) async throws -> [Int: StageState] {
        var schedule = BuildSchedule(plan.graph)
        var stages: [Int: StageState] = [:]
        try await withThrowingTaskGroup(of: (BuildSchedule.Step, StageState).self) { tasks in
            while !schedule.isFinished {
                for step in schedule.start() {
                    let runner = StepRunner(run: self, step: step, stages: stages, finished: note(finished))
                    tasks.addTask { (step, try await runner.perform()) }
                }
                guard let (step, state) = try await tasks.next() else { return }
                stages[step.stage] = state
                schedule.finish(step)
            }
        }
        return stages
    }

    private func note(_ finished: @escaping @Sendable (BuildLayer) -> Void) -> @Sendable (BuildLayer) -> Void {
        { [self] layer in
            made.withLock { made in
                made.steps += 1
                made.layers.append(layer)
            }
            finished(layer)
        }
    }

    /// Makes archives of layers while the steps after them run.
    ///
    /// - Returns: The first failure.
    private func archive(_ layers: AsyncStream<BuildLayer>) async -> (any Error)? {
        await withTaskGroup(of: (any Error)?.self) { tasks in
            var failure: (any Error)?
            var running = 0
            for await layer in layers {
                // More at a time would only fight for the disk.
                if running == 2 {
                    failure = await tasks.next() ?? failure
                    running -= 1
                }
                running += 1
                tasks.addTask { [self] in
                    do {
                        try await archive(layer)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for await result in tasks { failure = failure ?? result }
            return failure
        }
    }

    private func archive(_ layer: BuildLayer) async throws {
        guard let upper = layer.upper else { return }
        let options = plan.options
        let (descriptor, diffID) = try await session.writeLayer(
            of: upper,
            compression: options.compression,
            latest: plan.epoch
        )
        layer.finish(StoredLayer(descriptor: descriptor, diffID: diffID))
    }

    /// Moves the archived layers into the store and notes under which keys they are found.
    ///
    /// `list` makes the store list what was added.
    func keepSteps<Value>(_ list: () throws -> Value) throws -> Value {
        let layers = archivedLayers.filter { $0.upper != nil }
        for layer in layers {
            guard let stored = layer.stored, let upper = layer.upper else { continue }
            try session.adopt(upper: upper, as: stored.diffID)
        }
        let value = try session.commit(list)
        for layer in layers { try cache.keep(layer) }
        return value
    }

    private func keepSteps() throws {
        try keepSteps {}
    }
}
