// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@testable import Nestbox

@Suite("Logs of several files")
struct LogRotationTests {
    private func read(_ path: FilePath, _ selection: LogSelection = LogSelection()) async throws -> [String] {
        var lines: [String] = []
        for try await entry in LogReader(path: path, lock: nil, selection: selection) {
            lines.append(entry.text.trimmingSuffix("\n"))
        }
        return lines
    }

    private func write(_ lines: Range<Int>, to writer: LogWriter) {
        for line in lines { writer.write(Array("line \(line)\n".utf8), to: .standardOutput) }
    }

    @Test("no file grows beyond what was said, no more files are kept, and the last lines are all there")
    func rotation() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("output.log")
        let writer = try LogWriter(path, limits: LogLimits(size: 1024, files: 3))
        write(0..<200, to: writer)
        let names = try Directory(directory.path).names.sorted()
        #expect(names == ["output.log", "output.log.1", "output.log.2"])
        for name in names { #expect(try Shell.text(of: directory.path.appending(name)).utf8.count <= 1024) }
        let kept = try await read(path)
        #expect(kept == (200 - kept.count..<200).map { "line \($0)" })
        #expect(kept.count > 20)
        #expect(try await read(path, LogSelection(tail: 15)) == (185..<200).map { "line \($0)" })
        #expect(try await read(path, LogSelection(tail: 0)).isEmpty)
    }

    @Test("a log of one file begins anew when it is full")
    func single() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("output.log")
        write(0..<100, to: try LogWriter(path, limits: LogLimits(size: 1024, files: 1)))
        #expect(try Directory(directory.path).names == ["output.log"])
        #expect(try await read(path).last == "line 99")
    }

    @Test("who follows a log follows it into its next files")
    func following() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("output.log")
        let writer = try LogWriter(path, limits: LogLimits(size: 1024, files: 5))
        write(0..<5, to: writer)
        let files = try LogFiles(path, tail: nil)
        var count = 0
        func drain() throws { while try files.nextLine() != nil { count += 1 } }
        try drain()
        for step in 1..<10 {
            write(step * 5..<step * 5 + 5, to: writer)
            try drain()
        }
        #expect(count == 50)
    }

    @Test("only what was written in the stated time is read")
    func times() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("output.log")
        let writer = try LogWriter(path)
        write(0..<3, to: writer)
        let middle = Moment.now()
        write(3..<5, to: writer)
        #expect(try await read(path, LogSelection(since: middle)) == ["line 3", "line 4"])
        #expect(try await read(path, LogSelection(until: middle)) == ["line 0", "line 1", "line 2"])
    }

    @Test("options are read as Docker writes them, and others are refused")
    func options() throws {
        var limits = LogLimits()
        try limits.take("max-size=10k")
        try limits.take("max-file=3")
        #expect(limits == LogLimits(size: 10_240, files: 3))
        for text in ["max-size=1", "max-size=x", "max-file=0", "max-file=x", "other=1", "max-file"] {
            #expect(throws: NestboxError.self) { try limits.take(text) }
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
