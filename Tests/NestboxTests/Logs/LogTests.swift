// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import SystemPackage
import Testing

@testable import Nestbox

@Suite("Logs")
struct LogTests {
    @Test("bytes are cut at newlines, however they come")
    func lines() {
        var splitter = LogSplitter()
        #expect(splitter.take(Array("one\ntw".utf8)) == [Array("one\n".utf8)])
        #expect(splitter.take(Array("o\n\nrest".utf8)) == [Array("two\n".utf8), Array("\n".utf8)])
        #expect(splitter.finish() == Array("rest".utf8))
        #expect(splitter.finish() == nil)
    }

    @Test("a line that does not end is cut at Docker's 16 KiB, and never inside a character")
    func longLine() {
        var splitter = LogSplitter()
        let text = "x" + String(repeating: "é", count: 20_000) + "\n"
        let pieces = splitter.take(Array(text.utf8))
        #expect(pieces.allSatisfy { $0.count <= LogSplitter.longestEntry })
        #expect(pieces.map { String(decoding: $0, as: UTF8.self) }.joined() == text)
        #expect(!pieces.contains { String(decoding: $0, as: UTF8.self).contains("\u{FFFD}") })
    }

    @Test(
        "an entry is valid JSON whatever the program writes",
        arguments: ["plain\n", "\"quoted\" \\ back\n", "\u{1B}[1mbold\u{7}\t\r\n", "日本 🦉\n", "\u{0}\u{1F}"]
    )
    func escaping(_ text: String) throws {
        let entry = LogEntry(text: text, stream: .standardError, time: "2026-01-02T03:04:05.000000006Z")
        #expect(try JSONDecoder().decode(LogEntry.self, from: Data(entry.line)) == entry)
        #expect(entry.line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
    }

    @Test(
        "a log is read from its end on, also when it is longer than one read",
        arguments: [0, 1, 3, 4999, 5000, 6000]
    )
    func tail(_ count: Int) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("log")
        let writer = try LogWriter(path)
        for index in 0..<5000 { writer.write(Array("line \(index)\n".utf8), to: .standardOutput) }
        writer.finish()
        var lines: [String] = []
        for try await entry in LogReader(path: path, lock: nil, selection: LogSelection(tail: count)) {
            lines.append(entry.text)
        }
        #expect(lines == (0..<5000).suffix(count).map { "line \($0)\n" })
    }

    @Test("a damaged line is passed over")
    func damaged() async throws {
        let directory = try TemporaryDirectory()
        let good = #"{"log":"good\n","stream":"stdout","time":"t"}"#
        try directory.write("\(good)\n{\"log\":\n\(good)\n", to: "log")
        var count = 0
        for try await _ in LogReader(
            path: directory.path.appending("log"),
            lock: nil,
            selection: LogSelection(tail: nil)
        ) { count += 1 }
        #expect(count == 2)
    }
}
