// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import Synchronization
import SystemPackage
import Testing
import VolumeStore

@testable import Nestbox

@Suite("Copies of volumes that containers write", .runsContainers)
struct VolumePauseTests {
    /// Writes a line to one file and then to another, for ever: at any moment the first has as many or one more.
    private static func writer() throws -> ContainerSpecification {
        let script = "while :; do echo line >>/v/first; echo line >>/v/second; done"
        var specification = ContainerSpecification(image: "box", name: "writer", command: ["sh", "-c", script])
        specification.volumes = [try VolumeAttachment("vol:/v")]
        return specification
    }

    private static func size(of file: String, in volume: Volume) -> Int {
        var status = stat()
        return stat(volume.mountpoint.appending(file).string, &status) == 0 ? status.st_size : 0
    }

    /// Waits until the writer has written more.
    private static func expectGrowth(of volume: Volume) async throws {
        let (first, second) = (size(of: "first", in: volume), size(of: "second", in: volume))
        for _ in 0..<1000 {
            if size(of: "first", in: volume) > first, size(of: "second", in: volume) > second { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the writer does not go on")
    }

    /// A volume with enough in it for a copy to take a while.
    private static func volume(of nestbox: Nestbox) async throws -> Volume {
        let volume = try await nestbox.volumes.create(VolumeRequest(name: "vol"))
        let text = String(repeating: "x", count: 4096)
        for index in 0..<300 {
            let file = try FileDescriptor.open(
                volume.mountpoint.appending("file-\(index)"),
                .writeOnly,
                options: .create,
                permissions: .ownerReadWrite
            )
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        }
        return volume
    }

    private static func isPaused(_ nestbox: Nestbox) throws -> Bool {
        try nestbox.find(try nestbox.container("writer")).isPaused()
    }

    @Test("a copy is of one moment, also from another process's view, and the writer goes on afterwards")
    func oneMoment() async throws {
        try await withNestbox { nestbox in
            let volume = try await Self.volume(of: nestbox)
            try await nestbox.withContainer(try Self.writer()) { _ in
                let other = try await Nestbox(root: nestbox.root)
                for round in 0..<3 {
                    try await Self.expectGrowth(of: volume)
                    let copy = try await other.volumes.clone("vol", to: "copy-\(round)") { leases, copy in
                        try await other.pauseWriters(leases) {
                            let before = Self.size(of: "first", in: volume)
                            try await copy()
                            #expect(try Self.isPaused(nestbox))
                            #expect(Self.size(of: "first", in: volume) == before)
                        }
                    }
                    let (first, second) = (Self.size(of: "first", in: copy), Self.size(of: "second", in: copy))
                    #expect(first > 0 && (first == second || first == second + "line\n".utf8.count))
                }
                try await Self.expectGrowth(of: volume)
                try await other.close()
            }
        }
    }

    @Test("the writer goes on after a copy that failed, and stays paused if it was before")
    func failure() async throws {
        struct Failure: Error {}
        try await withNestbox { nestbox in
            let volume = try await nestbox.volumes.create(VolumeRequest(name: "vol"))
            try await nestbox.withContainer(try Self.writer()) { _ in
                await #expect(throws: Failure.self) {
                    try await nestbox.volumes.snapshot("vol", as: "one") { leases, _ in
                        try await nestbox.pauseWriters(leases) {
                            #expect(try Self.isPaused(nestbox))
                            throw Failure()
                        }
                    }
                }
                #expect(try await nestbox.volumes.snapshots(of: "vol").isEmpty)
                try await Self.expectGrowth(of: volume)

                try nestbox.pause("writer")
                try await nestbox.volumes.snapshot("vol", as: "one", pausing: nestbox.pauseWriters)
                #expect(try Self.isPaused(nestbox))
                try await nestbox.volumes.snapshot("vol", as: "two") { leases, copy in
                    try await nestbox.pauseWriters(leases) {
                        try await copy()
                        try nestbox.unpause("writer")
                        #expect(try Self.isPaused(nestbox))
                    }
                }
                try await Self.expectGrowth(of: volume)
            }
        }
    }

    @Test("of two copies at once the last to end lets the writer go on")
    func twoCopies() async throws {
        try await withNestbox { nestbox in
            let volume = try await nestbox.volumes.create(VolumeRequest(name: "vol"))
            try await nestbox.withContainer(try Self.writer()) { _ in
                try await nestbox.volumes.snapshot("vol", as: "outer") { leases, copy in
                    try await nestbox.pauseWriters(leases) {
                        // Copies of one volume by the store come one after the other; of a container's two they need not.
                        try await nestbox.pauseWriters(leases) {}
                        #expect(try Self.isPaused(nestbox))
                        try await copy()
                    }
                }
                try await Self.expectGrowth(of: volume)
            }
        }
    }

    @Test("a container is stopped, and runs further programs, when the copy is there")
    func waiting() async throws {
        try await withNestbox { nestbox in
            _ = try await nestbox.volumes.create(VolumeRequest(name: "vol"))
            try await nestbox.withContainer(try Self.writer()) { container in
                let progress = Progress()
                try await nestbox.volumes.snapshot("vol", as: "one") { leases, copy in
                    try await nestbox.pauseWriters(leases) {
                        let task = Task {
                            let program = try await nestbox.execute(ExecutionOptions(["true"]), in: "writer")
                            #expect(progress.isCopied.withLock { $0 })
                            #expect(try await program.wait() == .exited(0))
                        }
                        progress.waiting.withLock { $0 = task }
                        try await Task.sleep(for: .milliseconds(50))
                        try await copy()
                        progress.isCopied.withLock { $0 = true }
                    }
                }
                try await progress.waiting.withLock { $0 }?.value
                try await nestbox.volumes.snapshot("vol", as: "two") { leases, copy in
                    try await nestbox.pauseWriters(leases) {
                        let task = Task { try await nestbox.stop("writer", gracePeriod: .zero) }
                        progress.waiting.withLock { $0 = task }
                        try await Task.sleep(for: .milliseconds(50))
                        try await copy()
                        #expect(try Self.isPaused(nestbox))
                    }
                }
                try await progress.waiting.withLock { $0 }?.value
                #expect(try await container.wait() == .signaled(.kill))
            }
        }
    }
}

/// How far a copy is, and who waits for it.
private final class Progress: Sendable {
    let isCopied = Mutex(false)
    let waiting = Mutex<Task<Void, any Error>?>(nil)
}
