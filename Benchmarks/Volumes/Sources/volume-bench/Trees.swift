// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Foundation
import SystemPackage
import VolumeStore

/// Copying a tree of many files.
struct Trees: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure copy-up, snapshot and clone beside cp and tar.")

    @Option(help: "Where the trees are; the filesystem there is the one that is measured.")
    var directory = "/var/tmp/nestbox-volume-bench"

    @Option(help: "How many files the tree has.")
    var files = 20_000

    @Option(help: "How many bytes each file has.")
    var size = 5_000

    @Option(help: "How often each way is measured.")
    var rounds = 7

    func run() async throws {
        try Program.run("/bin/mkdir", "-p", directory)
        let (source, target) = ("\(directory)/tree", "\(directory)/copy")
        try makeTree(source)
        try Program.run("/bin/rm", "-rf", target, "\(directory)/tree-store")
        let store = try await VolumeStore.open(FilePath("\(directory)/tree-store"))
        try await store.create(VolumeRequest(name: "source"))
        let owner = try LeaseOwner.thisProcess(id: "bench")
        let content = try FileDescriptor.open(FilePath(source), .readOnly, options: .directory)
        defer { try? content.close() }
        try await store.withMount("source", owner: owner, copyingUp: content) { _ in }

        let copy = "cp -a --reflink=auto '\(source)' '\(target)'"
        let tar = "mkdir '\(target)' && tar -C '\(source)' -cf - . | tar -C '\(target)' -xpf -"
        let sync = "&& sync -f '\(target)'"
        let ways: [(name: String, isOnDisk: Bool, body: () async throws -> Void)] = [
            ("cp -a", false, { try Program.shell(copy) }),
            ("tar \\| tar", false, { try Program.shell(tar) }),
            ("cp -a, sync -f", true, { try Program.shell("\(copy) \(sync)") }),
            ("tar \\| tar, sync -f", true, { try Program.shell("\(tar) \(sync)") }),
            (
                "VolumeStore copy-up", true,
                { try await store.withMount("new", owner: owner, copyingUp: content) { _ in } }
            ),
            ("VolumeStore snapshot", true, { try await store.snapshot("source", as: "new") }),
            ("VolumeStore clone", true, { try await store.clone("source", to: "clone") }),
        ]
        var samples = [Samples](repeating: Samples(), count: ways.count)
        for round in 0..<rounds {
            for step in ways.indices {
                let index = (step + round) % ways.count
                if ways[index].name == "VolumeStore copy-up" { try await store.create(VolumeRequest(name: "new")) }
                try await samples[index].measure(ways[index].body)
                try await cleanUp(store, target)
            }
        }
        report(ways.map { ($0.name, $0.isOnDisk) }, samples)
        try Program.run("/bin/rm", "-rf", "\(directory)/tree-store", source)
    }

    private func cleanUp(_ store: VolumeStore, _ target: String) async throws {
        try? await store.removeSnapshot("new", of: "source")
        for name in ["new", "clone"] { try? await store.remove(name) }
        try Program.shell("rm -rf '\(target)'; sync -f '\(directory)'")
    }

    private func report(_ ways: [(name: String, isOnDisk: Bool)], _ samples: [Samples]) {
        let plain = ways.indices.filter { !ways[$0].name.hasPrefix("VolumeStore") }
        func fastest(_ isOnDisk: Bool) -> Double {
            plain.filter { ways[$0].isOnDisk == isOnDisk }.map { samples[$0].median }.min() ?? .nan
        }
        print("\n## A tree of \(files) files of \(size) bytes, in \(directory)\n")
        printRow("way", "on the disk", "median ms", "p99 ms", "against the fastest plain copy on the disk", "in memory")
        printRow("---", "---", "---:", "---:", "---:", "---:")
        for (way, samples) in zip(ways, samples) {
            printRow(
                way.name,
                way.isOnDisk ? "yes" : "no",
                text(samples.median),
                text(samples.p99),
                "\(text(samples.median / fastest(true))) ×",
                "\(text(samples.median / fastest(false))) ×"
            )
        }
        print()
    }

    /// A hundred files a directory, in two levels, with content that differs.
    private func makeTree(_ path: String) throws {
        try Program.run("/bin/rm", "-rf", path)
        var content = [UInt8](repeating: 0, count: size)
        for index in 0..<files {
            let directory = "\(path)/\(index / 2000)/\(index / 100)"
            if index % 100 == 0 {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            }
            for offset in stride(from: 0, to: size, by: 64) { content[offset] = UInt8.random(in: 0...255) }
            try Data(content).write(to: URL(fileURLWithPath: "\(directory)/file-\(index)"))
        }
        try Program.shell("sync -f '\(path)'")
    }
}
