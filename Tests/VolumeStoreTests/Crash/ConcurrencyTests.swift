// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("Several processes on one store")
struct ConcurrencyTests {
    /// Counts up in a volume that has one writer at a time, and does other things in between, until the time is over.
    ///
    /// How often is written beside the store.
    private static func work(root: FilePath, process: Int, time: Duration) async throws {
        let store = try await VolumeStore.open(root)
        let owner = try LeaseOwner.thisProcess(id: "process-\(process)")
        var generator = SplitMix64(state: UInt64(process))
        let end = ContinuousClock.now + time
        var rounds = 0
        while ContinuousClock.now < end {
            let round = rounds
            rounds += 1
            try await countUp(store, owner)
            let own = "own-\(process)-\(round)"
            try await store.create(VolumeRequest(name: own))
            try await store.rename(own, to: own + "-renamed")
            let common = "common-\(Int.random(in: 0..<4, using: &generator))"
            do {
                try await store.create(VolumeRequest(name: common))
                try await store.withMount(common, owner: owner) { mount in
                    try FileTree.write("x", to: mount.source.appending("file-\(process)"))
                }
                try await store.remove(common)
            } catch let error as VolumeError where error.code == .notFound || error.code == .inUse {
                // Another process was quicker, or is still at it.
            }
            if round % 2 == 0 { try await store.remove(own + "-renamed") }
        }
        try FileTree.write("\(rounds)", to: FilePath("\(root)-rounds-\(process)"))
    }

    private static func countUp(_ store: VolumeStore, _ owner: LeaseOwner) async throws {
        while true {
            do {
                return try await store.withMount("counter", owner: owner) { mount in
                    let file = mount.source.appending("count")
                    let count = try Int(FileTree.read(file)) ?? 0
                    try FileTree.write("\(count + 1)", to: file)
                }
            } catch let error as VolumeError where error.code == .inUse {
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }

    @Test("eight processes lose no update, do not wait for each other forever and leave nothing behind")
    func eightProcesses() async throws {
        try await TemporaryStore.with { test in
            let counter = try await test.store.create(VolumeRequest(name: "counter", sharing: .singleWriter))
            try FileTree.write("0", to: counter.mountpoint.appending("count"))
            let path = test.root.string
            let seconds = Int(Soak.time.components.seconds)
            await withTaskGroup { group in
                for process in 0..<8 {
                    group.addTask {
                        await #expect(processExitsWith: .success) {
                            [path = path as String, process = process as Int, seconds = seconds as Int] in
                            do {
                                let time = Duration.seconds(seconds)
                                try await ConcurrencyTests.work(root: FilePath(path), process: process, time: time)
                            } catch {
                                // The only way to say why: what a child prints is not kept.
                                try FileTree.write("\(error)", to: FilePath("\(path)-process-\(process)"))
                                throw error
                            }
                        }
                    }
                }
            }
            for name in FileTree.names(in: test.directory) where name.contains("-process-") {
                Issue.record(Comment(rawValue: try FileTree.read(test.directory.appending(name))))
            }
            let rounds = try (0..<8).map { process in
                try #require(try Int(FileTree.read(FilePath("\(path)-rounds-\(process)"))))
            }
            #expect(rounds.allSatisfy { $0 > 0 })
            #expect(try FileTree.read(counter.mountpoint.appending("count")) == "\(rounds.reduce(0, +))")
            let again = try await test.reopened()
            #expect(again.repairReport.orphans.isEmpty && again.repairReport.missing.isEmpty)
            let names = try await again.list().map(\.name)
            #expect(names.count { $0.hasSuffix("-renamed") } == rounds.reduce(0) { $0 + $1 / 2 })
            #expect(test.names(in: "volumes").count == names.count)
            #expect(test.names(in: "staging").isEmpty && test.names(in: "trash").isEmpty)
        }
    }

    @Test("a store that is open twice in a process loses nothing when another process opens it and closes it")
    func openedTwice() async throws {
        try await TemporaryStore.with { test in
            let again = try await test.reopened()
            defer { withExtendedLifetime(again) {} }
            try await test.store.create(VolumeRequest(name: "before"))
            #expect(try namesSeenByAnotherProcess(test) == ["before"])
            // The other process would have removed the log of the database, had it found nobody's lock.
            try await test.store.create(VolumeRequest(name: "after"))
            #expect(try namesSeenByAnotherProcess(test) == ["after", "before"])
        }
    }

    private func namesSeenByAnotherProcess(_ test: TemporaryStore) throws -> [String] {
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1])
            for row in c.execute('SELECT name FROM volume ORDER BY name'): print(row[0])
            c.close()
            """
        let database = test.root.appending("volumes.sqlite").string
        return try FileTree.run("/usr/bin/python3", "-c", script, database).split(separator: "\n").map(String.init)
    }

    @Test("a process that keeps the database to itself makes others fail with a clear error, in time")
    func databaseTimeout() async throws {
        var configuration = VolumeStore.Configuration()
        configuration.databaseLockTimeout = .milliseconds(50)
        try await TemporaryStore.with(configuration) { test in
            let holder = Process()
            holder.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
            let script = """
                import sqlite3, sys
                c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE')
                print('held', flush=True); sys.stdin.read()
                """
            holder.arguments = ["-c", script, test.root.appending("volumes.sqlite").string]
            let (input, output) = (Pipe(), Pipe())
            holder.standardInput = input
            holder.standardOutput = output
            try holder.run()
            _ = output.fileHandleForReading.availableData
            let error = await expectFailure(.busy) { try await test.store.create(VolumeRequest(name: "vol")) }
            #expect(error?.message.isEmpty == false)
            #expect(try await test.store.list().isEmpty)
            try input.fileHandleForWriting.close()
            holder.waitUntilExit()
            try await test.store.create(VolumeRequest(name: "vol"))
            #expect(test.names(in: "staging").isEmpty && test.names(in: "volumes").count == 1)
        }
    }

    @Test("an operation that keeps a volume to itself makes others fail with a clear error, in time")
    func lockTimeout() async throws {
        var configuration = VolumeStore.Configuration()
        configuration.databaseLockTimeout = .milliseconds(50)
        configuration.volumeLockTimeout = .milliseconds(50)
        try await TemporaryStore.with(configuration) { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            let home = try FileDescriptor.open(volume.mountpoint.removingLastComponent(), .readOnly)
            #expect(flock(home.rawValue, LOCK_EX) == 0)
            let error = await expectFailure(.busy) { _ = try await test.store.mount("vol", owner: .test()) }
            #expect(error?.cause?.operation == "flock")
            // Closing is not enough: a process that another test is just starting may still share the lock.
            #expect(flock(home.rawValue, LOCK_UN) == 0)
            try home.close()
            _ = try await test.store.mount("vol", owner: .test())
        }
    }
}
