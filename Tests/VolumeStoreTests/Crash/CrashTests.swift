// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import Synchronization
import SystemPackage
import Testing
import VolumeStore

@Suite("Crashes and failing disks", .serialized)
struct CrashTests {
    /// Works on the store until the process has passed `deadline` fault points, and then is killed.
    ///
    /// Each step that was acknowledged is noted as one byte in the file `acknowledged`.
    private static func workUntilKilled(directory: FilePath, seed: UInt64, deadline: Int) async throws {
        let store = try await VolumeStore.open(directory.appending("store"))
        let passed = Mutex(0)
        let injector = FaultInjector { _, _ in
            let isTheEnd = passed.withLock { count in
                count += 1
                return count >= deadline
            }
            if isTheEnd { kill(getpid(), SIGKILL) }
            return nil
        }
        let notes = try FileDescriptor.open(
            directory.appending("acknowledged"),
            .writeOnly,
            options: [.create, .append],
            permissions: .init(rawValue: 0o600)
        )
        let actor = StoreActor(store: store, directory: directory)
        try await FaultPoint.$injector.withValue(injector) {
            var generator = SplitMix64(state: seed)
            var model = StoreModel()
            for number in 0... {
                let step = model.nextStep(number, using: &generator)
                try await actor.perform(step)
                model.apply(step)
                try notes.writeAll("+".utf8)
            }
        }
    }

    /// What the store must hold after so many steps of a seed, and what it may hold: the step after them was under way.
    private static func expected(seed: UInt64, steps: Int) -> (
        before: StoreModel, after: StoreModel, step: StoreModel.Step
    ) {
        var generator = SplitMix64(state: seed)
        var model = StoreModel()
        for number in 0..<steps { model.apply(model.nextStep(number, using: &generator)) }
        let step = model.nextStep(steps, using: &generator)
        var after = model
        after.apply(step)
        return (model.visible, after.visible, step)
    }

    /// Expects the store to be in one of the two states and nothing to be left over.
    private static func check(_ directory: FilePath, seed: UInt64, steps: Int, _ context: Comment) async throws {
        let store = try await VolumeStore.open(directory.appending("store"))
        #expect(store.repairReport.orphans.isEmpty && store.repairReport.missing.isEmpty, context)
        let (before, after, step) = expected(seed: seed, steps: steps)
        for volume in try await store.list() {
            #expect(try await store.inspect(volume.name).leases.isEmpty, context)
        }
        let found = try await StoreActor(store: store, directory: directory).observe()
        #expect(found == before || found == after, "\(context), in \(step): \(found) instead of \(before)")
        let root = directory.appending("store")
        #expect(FileTree.names(in: root.appending("staging")).isEmpty, context)
        #expect(FileTree.names(in: root.appending("trash")).isEmpty, context)
        #expect(FileTree.names(in: root.appending("volumes")).count == found.volumes.count, context)
        let snapshots = found.volumes.values.reduce(0) { $0 + $1.snapshots.count }
        #expect(FileTree.names(in: root.appending("snapshots")).count == snapshots, context)
        #expect(try await VolumeStore.open(root).repairReport.isClean, context)
    }

    @Test("a process killed at any point loses nothing acknowledged and brings nothing removed back")
    func killed() async throws {
        try await Soak.forEach(Soak.crashPoints) { seed in
            var generator = SplitMix64(state: seed)
            let deadline = Int.random(in: Soak.points, using: &generator)
            try await FileTree.withTemporaryDirectory { directory in
                let path = directory.string
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [path = path as String, seed = seed as UInt64, deadline = deadline as Int] in
                    try await CrashTests.workUntilKilled(directory: FilePath(path), seed: seed, deadline: deadline)
                }
                let steps = (try? FileTree.read(directory.appending("acknowledged")).utf8.count) ?? 0
                try await Self.check(directory, seed: seed, steps: steps, "seed \(seed), killed at point \(deadline)")
            }
        }
    }

    @Test(
        "an operation that the disk refuses leaves the state before or after it",
        arguments: [Errno.ioError, .noSpace]
    )
    func refused(errno: Errno) async throws {
        try await Soak.forEach(Soak.faultRuns) { seed in
            var generator = SplitMix64(state: seed ^ 0xFA17)
            let deadline = Int.random(in: Soak.points, using: &generator)
            try await FileTree.withTemporaryDirectory { directory in
                let steps = try await Self.workUntilRefused(directory, seed: seed, deadline: deadline, errno)
                try await Self.check(directory, seed: seed, steps: steps, "seed \(seed), \(errno) at point \(deadline)")
            }
        }
    }

    /// Works on the store until a fault point fails an operation; returns how many steps were acknowledged.
    ///
    /// A failure that an operation survives, such as one while it cleans up, is gone over.
    private static func workUntilRefused(
        _ directory: FilePath,
        seed: UInt64,
        deadline: Int,
        _ errno: Errno
    ) async throws -> Int {
        let actor = StoreActor(store: try await VolumeStore.open(directory.appending("store")), directory: directory)
        let passed = Mutex(0)
        let injector = FaultInjector { _, _ in
            passed.withLock { count in
                count += 1
                return count == deadline ? errno : nil
            }
        }
        let steps = await FaultPoint.$injector.withValue(injector) {
            var generator = SplitMix64(state: seed)
            var model = StoreModel()
            var number = 0
            while passed.withLock({ $0 < deadline }) {
                let step = model.nextStep(number, using: &generator)
                do {
                    try await actor.perform(step)
                } catch {
                    break
                }
                model.apply(step)
                number += 1
            }
            return number
        }
        // As an engine does when a container is gone; what could not be released before is released now.
        try await actor.store.releaseAll(owner: "nobody")
        return steps
    }
}
