// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import ImageBuilder
import ImageStore
import SystemPackage

/// Measures builds in this process and by the peers.
@main
struct Bench {
    private static let sixSteps = """
        FROM localhost/base
        WORKDIR /app
        COPY list.txt .
        RUN sort list.txt > sorted.txt
        COPY src/ src/
        RUN cat src/*.txt | wc -l > lines.txt
        RUN tar -cf all.tar sorted.txt src

        """
    private static let commands = ["sort /etc/passwd > /sorted", "cat /etc/* | wc -l > /lines", "tar -cf /all.tar etc"]
    private static let twoStages = """
        FROM localhost/base AS one
        RUN sleep 1; echo one > /one
        FROM localhost/base AS two
        RUN sleep 1; echo two > /two
        FROM localhost/base
        COPY --from=one /one /
        COPY --from=two /two /

        """

    private let directory: FilePath
    private let rounds: Int
    private let builder: ImageBuilder
    private let peers: [Peer]
    private var rows: [(name: String, who: String, samples: Samples)] = []

    static func main() async throws {
        guard geteuid() == 0 else {
            print("build-bench: must run as root")
            exit(1)
        }
        let rounds = number("ROUNDS") ?? 15
        let directory = FilePath("/dev/shm/nestbox-build-bench-\(getpid())")
        try Program.run("mkdir '\(directory)'")
        let runtime = try ContainerRuntime()
        do {
            var bench = try Bench(directory, rounds: rounds, runtime: runtime)
            try await bench.run()
            bench.show()
            for peer in bench.peers { peer.remove() }
        } catch {
            print("build-bench: \(error)")
        }
        try await runtime.close()
        try Program.run("rm -rf --one-file-system '\(directory)'")
    }

    private static func number(_ variable: String) -> Int? {
        getenv(variable).flatMap { Int(String(cString: $0)) }
    }

    private init(_ directory: FilePath, rounds: Int, runtime: ContainerRuntime) throws {
        self.directory = directory
        self.rounds = rounds
        builder = ImageBuilder(store: try ImageStore(root: directory.appending("store")), runtime: runtime)
        peers = try ["buildah", "podman"].compactMap { name in
            let peer = try Peer(name, in: directory)
            if peer == nil { print("\(name) is not installed, and left out") }
            return peer
        }
    }

    private var archive: FilePath { directory.appending("base.tar") }

    private mutating func run() async throws {
        try makeContexts()
        try await importBase()
        for peer in peers { try peer.load(archive) }
        try await measureCommands()
        let six = directory.appending("six")
        try await measure("six steps, cold", rounds, six, usesCache: false)
        try await measure("six steps, cached", rounds, six)
        try await measure("one source changed", rounds, six) { round in
            try Program.run("echo \(round) > '\(six)/src/changing.txt'")
        }
        try await measure("two stages of one second", 3, directory.appending("two"), usesCache: false)
    }

    // MARK: Contexts

    private func makeContexts() throws {
        let copies = Self.number("COPIES") ?? 1
        try Program.run(
            """
            cd '\(directory)' && mkdir -p six/src two base/bin base/etc base/tmp &&
            cp /usr/bin/busybox base/bin/busybox && for name in $(busybox --list); do
                [ $name = busybox ] || ln -s busybox base/bin/$name; done &&
            printf 'root:x:0:0::/root:/bin/sh\\n' > base/etc/passwd && printf 'root:x:0:\\n' > base/etc/group &&
            tar -C base -cf base.tar --owner=0 --group=0 . && rm -r base &&
            seq 1 \(5000 * copies) > six/list.txt &&
            for n in $(seq 1 \(50 * copies)); do seq 1 $((n % 50 * 20 + 20)) > six/src/$n.txt; done &&
            echo 0 > six/src/changing.txt
            """
        )
        try write(Self.sixSteps, to: directory.appending("six/Dockerfile"))
        try write(Self.twoStages, to: directory.appending("two/Dockerfile"))
    }

    private func write(_ text: String, to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    private func importBase() async throws {
        var defaults = ImageConfiguration.Defaults()
        defaults.environment = ["PATH=/bin"]
        try await builder.store.importRootFilesystem(
            archive: archive,
            as: ImageReference("localhost/base"),
            configuration: defaults
        )
    }

    // MARK: Measuring

    private mutating func measure(
        _ name: String,
        _ rounds: Int,
        _ context: FilePath,
        usesCache: Bool = true,
        before: (Int) throws -> Void = { _ in }
    ) async throws {
        var options = ImageBuilder.Options()
        options.tags = [try ImageReference("localhost/result")]
        options.usesCache = usesCache
        // Once without being timed, so that what can be cached is.
        _ = try await builder.build(.directory(context), options: options)
        for peer in peers { try peer.build(context, usesCache: usesCache) }
        var own = Samples()
        var others = peers.map { _ in Samples() }
        for round in 0..<rounds {
            try before(round * 10 + 1)
            if !usesCache { try await builder.prune() }
            try await own.time { _ = try await builder.build(.directory(context), options: options) }
            for index in peers.indices {
                // Each gets a change of its own, so that none finds another's work in the page cache alone.
                try before(round * 10 + 2 + index)
                try await others[index].time { try peers[index].build(context, usesCache: usesCache) }
            }
        }
        rows.append((name, "ImageBuilder", own))
        for (peer, samples) in zip(peers, others) { rows.append((name, peer.name, samples)) }
    }

    /// The commands of the six steps in containers, and nothing else.
    private mutating func measureCommands() async throws {
        let image = try builder.store.image(ImageReference("localhost/base"))
        let root = try await builder.store.prepareRootfs(of: image)
        var samples = Samples()
        for round in 0..<rounds {
            let place = directory.appending("commands-\(round)")
            try Program.run("mkdir -p '\(place)/1' '\(place)/1w' '\(place)/2' '\(place)/2w' '\(place)/3' '\(place)/3w'")
            try await samples.time {
                for (index, command) in Self.commands.enumerated() {
                    let configuration = ContainerConfiguration(
                        rootFilesystem: .overlay(
                            layers: root.layers,
                            writable: .init(
                                upper: place.appending("\(index + 1)"),
                                work: place.appending("\(index + 1)w"),
                                isVolatile: true
                            )
                        ),
                        process: ProcessConfiguration(["/bin/sh", "-c", command], environment: ["PATH=/bin"])
                    )
                    try await builder.runtime.withContainer(configuration) { _ = try await $0.wait() }
                }
            }
            try Program.run("rm -rf '\(place)'")
        }
        rows.append(("the commands alone", "ContainerKit", samples))
    }

    // MARK: Showing

    private func show() {
        print("| scenario | builder | median ms | p99 ms | times longer |")
        print("| --- | --- | ---: | ---: | ---: |")
        for row in rows {
            let own = rows.first { $0.name == row.name }?.samples.median ?? .nan
            let ratio = row.samples.median / own
            print(
                "| \(row.name) | \(row.who) | \(Self.text(row.samples.median)) | \(Self.text(row.samples.p99)) "
                    + "| \(Self.text(ratio)) |"
            )
        }
    }

    private static func text(_ value: Double) -> String {
        let scaled = (value * 100).rounded()
        guard scaled.isFinite else { return "-" }
        let whole = Int(scaled)
        let cents = whole % 100
        return "\(whole / 100).\(cents < 10 ? "0" : "")\(cents)"
    }
}
