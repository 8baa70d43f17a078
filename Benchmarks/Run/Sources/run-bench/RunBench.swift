// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import ImageStore
import Nestbox
import SystemPackage

/// Measures how long a container with a bridge network and a published port takes, in this process.
@main
struct RunBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let rounds = Int(arguments[3]), rounds > 0 else {
            print("run-bench ROOT ARCHIVE ROUNDS STARTED-FILE WHOLE-FILE")
            return
        }
        let nestbox = try await Nestbox(root: FilePath(arguments[1]))
        try await nestbox.images.importRootFilesystem(
            archive: FilePath(arguments[2]),
            as: ImageReference("box")
        )
        var started: [Duration] = []
        var whole: [Duration] = []
        // The first few make what the others find: the bridge, the runtime's threads, warm caches.
        for round in -5..<rounds {
            let (start, end) = try await measure(nestbox)
            if round >= 0 {
                started.append(start)
                whole.append(end)
            }
        }
        try await nestbox.close()
        try write(started, to: arguments[4])
        try write(whole, to: arguments[5])
    }

    private static func measure(_ nestbox: Nestbox) async throws -> (started: Duration, whole: Duration) {
        var specification = ContainerSpecification(image: "box", command: ["true"])
        specification.ports = try PortMapping.parse("127.0.0.1::80")
        specification.isRemovedAtEnd = true
        let begin = ContinuousClock.now
        let container = try await nestbox.launch(specification)
        let started = begin.duration(to: .now)
        try await container.run()
        return (started, begin.duration(to: .now))
    }

    /// Writes microseconds, one in a line.
    private static func write(_ samples: [Duration], to path: String) throws {
        let text = samples.map {
            "\($0.components.attoseconds / 1_000_000_000_000 + $0.components.seconds * 1_000_000)\n"
        }
        let file = try FileDescriptor.open(
            FilePath(path),
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        try file.closeAfter { _ = try file.writeAll(text.joined().utf8) }
    }
}
