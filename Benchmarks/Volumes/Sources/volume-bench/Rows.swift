// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Foundation
import SystemPackage
import VolumeStore

/// Creating, listing and removing volumes among few and many.
struct Rows: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure create, ls and rm beside Podman.")

    @Option(help: "Where the stores are.")
    var directory = "/var/tmp/nestbox-volume-bench"

    @Option(help: "How many volumes are there already.")
    var counts = "1,1000,10000"

    @Option(help: "How often each call is measured.")
    var rounds = 200

    @Option(help: "How often each call of Podman is measured.")
    var podmanRounds = 20

    @Option(
        help: """
            How many volumes Podman has at most; with more of ours it is measured with so many. Each takes one of the \
            machine's locks for Podman, of which there are 2,048 by default (num_locks).
            """
    )
    var podmanMost = 1000

    @Flag(help: "Leave Podman out.")
    var withoutPodman = false

    /// How many calls are under way at a time, where they are.
    private static let inFlight = 32

    func run() async throws {
        try Program.run("/bin/mkdir", "-p", directory)
        let podman = Podman(directory: directory)
        print("\n## Rows, in \(directory)\n")
        if !withoutPodman {
            var start = Samples()
            for _ in 0..<podmanRounds { try await start.measure { try podman.run("--version") } }
            print("A bare `podman --version` takes \(text(start.median)) ms.\n")
        }
        printRow(
            "others",
            "call",
            "VolumeStore ms, p99",
            "with 32 in flight, calls/s",
            "podman ms, p99",
            "ratio",
            "ratio of rates"
        )
        printRow("---:", "---", "---:", "---:", "---:", "---:", "---:")
        // A volume that is left keeps a lock that others need.
        defer { if !withoutPodman { podman.clear() } }
        let store = try await openStore()
        for count in counts.split(separator: ",").compactMap({ Int($0) }) {
            try await measure(count, store, podman)
        }
        try Program.run("/bin/rm", "-rf", "\(directory)/store")
    }

    private func openStore() async throws -> VolumeStore {
        try Program.run("/bin/rm", "-rf", "\(directory)/store")
        return try await VolumeStore.open(FilePath("\(directory)/store"))
    }

    private func measure(_ count: Int, _ store: VolumeStore, _ podman: Podman) async throws {
        let missing = try await count - store.list().count
        try await crowd(missing) { _ = try await store.create(VolumeRequest(name: "filler-\(count)-\($0)")) }
        let theirCount = min(count, podmanMost)
        if !withoutPodman { try podman.fill(to: theirCount) }

        var (create, list, remove) = (Samples(), Samples(), Samples())
        for round in 0..<rounds {
            try await create.measure { _ = try await store.create(VolumeRequest(name: "measured-\(round)")) }
        }
        for _ in 0..<max(20, rounds / 10) { try await list.measure { _ = try await store.list() } }
        for round in 0..<rounds { try await remove.measure { try await store.remove("measured-\(round)") } }
        let createRate = try await crowd(rounds * 5) { _ = try await store.create(VolumeRequest(name: "crowd-\($0)")) }
        let removeRate = try await crowd(rounds * 5) { try await store.remove("crowd-\($0)") }

        var (theirCreate, theirList, theirRemove) = (Samples(), Samples(), Samples())
        if !withoutPodman {
            for round in 0..<podmanRounds {
                try await theirCreate.measure { try podman.run("volume", "create", "measured-\(round)") }
            }
            for _ in 0..<podmanRounds { try await theirList.measure { try podman.run("volume", "ls") } }
            for round in 0..<podmanRounds {
                try await theirRemove.measure { try podman.run("volume", "rm", "measured-\(round)") }
            }
        }
        let others = theirCount == count || withoutPodman ? "\(count)" : "\(count); podman: \(theirCount)"
        line(others, "create", create, createRate, theirCreate)
        line(others, "list all", list, nil, theirList)
        line(others, "remove", remove, removeRate, theirRemove)
    }

    private func line(_ others: String, _ call: String, _ ours: Samples, _ rate: Double?, _ theirs: Samples) {
        printRow(
            others,
            call,
            "\(text(ours.median)), \(text(ours.p99))",
            rate.map { text($0) } ?? "",
            "\(text(theirs.median)), \(text(theirs.p99))",
            "\(text(theirs.median / ours.median)) ×",
            rate.map { "\(text($0 * theirs.median / 1000)) ×" } ?? ""
        )
    }

    /// Runs `body` so many times, some at a time; returns how many a second.
    @discardableResult
    private func crowd(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws -> Double {
        guard count > 0 else { return 0 }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                if index >= Self.inFlight { try await group.next() }
                group.addTask { try await body(index) }
            }
            try await group.waitForAll()
        }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }
}

/// Podman with a store of its own.
struct Podman {
    let directory: String

    func run(_ words: String...) throws {
        let place = ["--root", "\(directory)/graph", "--runroot", "\(directory)/run", "--storage-driver", "vfs"]
        try Program.run(["/usr/bin/podman"] + place + words)
    }

    /// Removes all volumes, and the store.
    func clear() {
        try? run("volume", "rm", "--all", "--force")
        try? Program.run("/bin/rm", "-rf", "\(directory)/graph", "\(directory)/run")
    }

    /// Makes volumes until there are so many.
    func fill(to count: Int) throws {
        let path = "\(directory)/graph/volumes"
        let present = (try? FileManager.default.contentsOfDirectory(atPath: path).count) ?? 0
        for index in present..<max(present, count) { try run("volume", "create", "filler-\(index)") }
    }
}
