// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage
import Testing
import VolumeStore

@testable import Nestbox

@Suite("Copies of volumes by the command-line tool", .runsTool)
struct VolumeCopyTests {
    /// A tool with a container that writes to the volume `vol`, and an export of that volume which nobody reads.
    private final class Scene: Sendable {
        let tool: Tool
        let engine: Nestbox
        let exporter: pid_t
        private let reader: FileDescriptor

        init(options: [String] = []) async throws {
            tool = try Tool()
            let fill = "dd if=/dev/zero of=/v/big bs=1M count=2"
            #expect(try tool.run("run", "--rm", "-v", "vol:/v", "box", "sh", "-c", fill).status == 0)
            let write = "while :; do echo line >>/v/lines; done"
            #expect(try tool.run("run", "-d", "--name", "writer", "-v", "vol:/v", "box", "sh", "-c", write).status == 0)
            let pipe = tool.directory.path.appending("pipe")
            #expect(mkfifo(pipe.string, 0o600) == 0)
            reader = FileDescriptor(rawValue: open(pipe.string, O_RDWR | O_CLOEXEC))
            exporter = try tool.start(["volume", "export"] + options + ["vol"], output: pipe)
            engine = try await Nestbox(root: tool.root)
        }

        func killExporter() {
            kill(exporter, SIGKILL)
            _ = Shell.wait(exporter)
        }

        func end() async throws {
            try reader.close()
            try await engine.close()
        }

        /// How many bytes the export has written, as none are read.
        func waiting() throws -> Int {
            var count: CInt = 0
            guard ioctl(reader.rawValue, UInt(FIONREAD), &count) == 0 else { throw Errno(rawValue: errno) }
            return Int(count)
        }

        var isPaused: Bool {
            get throws { try engine.find(try engine.container("writer")).isPaused() }
        }

        func expectPaused(_ expected: Bool) async throws {
            for _ in 0..<1000 {
                if try isPaused == expected { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record(expected ? "the writer is not paused" : "the writer stays paused")
        }
    }

    @Test("a container goes on when the process that copies its volume is killed")
    func crash() async throws {
        let scene = try await Scene()
        try await scene.expectPaused(true)
        #expect(try scene.engine.container("writer").state.status == .running)
        scene.killExporter()
        try await scene.expectPaused(false)
        #expect(try await scene.engine.volumes.inspect("vol").leases.count == 1)
        try await scene.end()
    }

    @Test("a container is removed by force while its volume is copied")
    func removal() async throws {
        let scene = try await Scene()
        try await scene.expectPaused(true)
        #expect(try await scene.tool.finish("rm", "-f", "writer").status == 0)
        #expect(try await scene.tool.finish("volume", "rm", "vol").error.contains("in use"))
        scene.killExporter()
        #expect(try await scene.tool.finish("volume", "rm", "vol").status == 0)
        try await scene.end()
    }

    @Test("with --no-pause nobody is paused")
    func withoutPause() async throws {
        let scene = try await Scene(options: ["--no-pause"])
        // The export fills the pipe and then waits for a reader.
        for _ in 0..<1000 where try scene.waiting() < 32768 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try scene.waiting() >= 32768)
        #expect(try !scene.isPaused)
        scene.killExporter()
        try await scene.end()
    }
}
