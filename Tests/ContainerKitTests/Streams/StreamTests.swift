// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("A program's streams", .runsContainers)
struct StreamTests {
    @Test("input is read to its end")
    func input() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration(["/bin/wc", "-c"])
            configuration.process.standardInput = .stream
            let output = try await runtime.withContainer(configuration) { container in
                // More than a pipe holds, so that the writer has to wait for the reader.
                try await container.standardInput.write([UInt8](repeating: 65, count: 300_000))
                container.standardInput.finish()
                return try await container.standardOutput.collect(upTo: 100)
            }
            #expect(String(decoding: output, as: UTF8.self) == "300000\n")
        }
    }

    @Test("writing to a program that has ended is an error and no signal")
    func brokenPipe() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration(["/bin/true"])
            configuration.process.standardInput = .stream
            try await runtime.withContainer(configuration) { container in
                try await container.wait()
                let error = await #expect(throws: ContainerError.self) {
                    try await container.standardInput.write([1, 2, 3])
                }
                #expect(error?.errno == .brokenPipe)
            }
        }
    }

    @Test("a program that writes more than is read waits, and nothing is lost")
    func backpressure() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let configuration = rootFilesystem.configuration(["/bin/dd", "if=/dev/zero", "bs=64k", "count=64"])
            let total = try await runtime.withContainer(configuration) { container in
                try await Task.sleep(for: .milliseconds(100))
                // A pipe holds 64 KiB; the rest must still be with the program.
                #expect(container.state == .running)
                var total = 0
                for try await chunk in container.standardOutput { total += chunk.count }
                return total
            }
            #expect(total == 64 * 64 << 10)
        }
    }

    @Test("lines come one by one, the last one without its newline too")
    func lines() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let configuration = rootFilesystem.shell("printf 'one\\r\\n\\nthree'")
            let lines = try await runtime.withContainer(configuration) { container in
                var lines: [String] = []
                for try await line in container.standardOutput.lines { lines.append(line) }
                return lines
            }
            #expect(lines == ["one", "", "three"])
        }
    }

    @Test("null streams read as ended and swallow what is written")
    func null() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell("cat; echo lost; x=$(readlink /proc/$$/fd/1); echo $x >&2")
            configuration.process.standardOutput = .null
            let finished = try await runtime.finish(configuration)
            #expect(finished.output == "")
            #expect(finished.error == "/dev/null\n")
        }
    }

    @Test("output can go to a descriptor of the host")
    func descriptor() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let path = rootFilesystem.directory.appending("out")
            let file = try FileDescriptor.open(
                path,
                .readWrite,
                options: .create,
                permissions: [.ownerReadWrite]
            )
            var configuration = rootFilesystem.shell("echo to the file")
            configuration.process.standardOutput = .descriptor(file)
            _ = try await runtime.finish(configuration)
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = try buffer.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
            try file.close()
            #expect(String(decoding: buffer[..<count], as: UTF8.self) == "to the file\n")
        }
    }

    @Test("reading ends promptly when the task is cancelled")
    func cancellation() async throws {
        try await withRuntime { runtime, rootFilesystem in
            try await runtime.withContainer(rootFilesystem.shell("sleep 1000")) { container in
                let reader = Task { try await container.standardOutput.collect(upTo: 10) }
                try await Task.sleep(for: .milliseconds(20))
                reader.cancel()
                await #expect(throws: CancellationError.self) { try await reader.value }
            }
        }
    }

    @Test("no descriptor of the host reaches the program but those that were asked for")
    func leaks() async throws {
        try await withRuntime { runtime, rootFilesystem in
            // Not close-on-exec, as a careless library leaves them.
            let leaky = (0..<50).map { _ in open("/dev/null", O_RDONLY) }
            defer { for descriptor in leaky { Glibc.close(descriptor) } }
            let asked = try FileDescriptor.open(rootFilesystem.path.appending("etc/group"), .readOnly)
            defer { try? asked.close() }
            var configuration = rootFilesystem.shell("ls /proc/$$/fd; cat <&3 | head -n 1; cat <&4 | head -n 1")
            configuration.process.descriptors = [asked, asked]
            let finished = try await runtime.finish(configuration)
            #expect(finished.lines.prefix(5) == ["0", "1", "2", "3", "4"])
            #expect(finished.lines.contains("root:x:0:"))
            #expect(!finished.lines.contains("5"))
        }
    }
}

@Suite("Splitting lines")
struct LineSplitterTests {
    @Test("chunks may break anywhere", arguments: 1...7)
    func chunks(_ size: Int) {
        let bytes = Array("alpha\nbeta\r\n\ngamma".utf8)
        var splitter = LineSplitter()
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            splitter.append(Array(bytes[start..<min(start + size, bytes.count)]))
            while let line = splitter.next() { lines.append(line) }
        }
        if let last = splitter.last() { lines.append(last) }
        #expect(lines == ["alpha", "beta", "", "gamma"])
    }

    @Test("a line without end is given in pieces")
    func endless() {
        var splitter = LineSplitter()
        splitter.append([UInt8](repeating: 97, count: LineSplitter.limit + 5))
        #expect(splitter.next()?.utf8.count == LineSplitter.limit)
        #expect(splitter.next() == nil)
        #expect(splitter.last() == "aaaaa")
    }
}
