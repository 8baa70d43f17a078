// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// Reads what `/proc` tells of one process.
struct ProcessFiles {
    /// The fields of `/proc/<pid>/stat` after the name, which may hold anything: the first is the state.
    let fields: [Substring]
    let name: String

    private let pid: Int32

    /// `nil` if there is no such process.
    init?(_ pid: Int32) {
        self.pid = pid
        guard let text = Self.text("/proc/\(pid)/stat"), let open = text.firstIndex(of: "("),
            let close = text.lastIndex(of: ")")
        else { return nil }
        name = String(text[text.index(after: open)..<close])
        fields = text[text.index(after: close)...].split(separator: " ")
        if fields.count < 22 { return nil }
    }

    /// When it started, in clock ticks since the machine did: a number that was given to another process has another.
    var startTime: UInt64? { UInt64(fields[19]) }

    /// Its number in its own process namespace; `nil` if it has ended meanwhile.
    var numberInside: Int32? {
        guard let status = Self.text("/proc/\(pid)/status") else { return nil }
        return Self.words(of: "NSpid", in: status).last.flatMap { Int32($0) }
    }

    /// All there is to tell; `nil` if it has ended meanwhile.
    func information() -> ProcessInformation? {
        guard let status = Self.text("/proc/\(pid)/status"), let parent = Int32(fields[1]),
            let state = fields[0].first, let user = Self.words(of: "Uid", in: status).first.flatMap({ UInt32($0) })
        else { return nil }
        let numbers = Self.words(of: "NSpid", in: status)
        let ticks = Int64(max(1, sysconf(CInt(_SC_CLK_TCK))))
        let used = (Int64(fields[11]) ?? 0) + (Int64(fields[12]) ?? 0)
        let page = UInt64(max(1, sysconf(CInt(_SC_PAGESIZE))))
        return ProcessInformation(
            identifier: pid,
            identifierInContainer: numbers.count > 1 ? numbers.last.flatMap { Int32($0) } : nil,
            parent: parent,
            user: user,
            name: name,
            arguments: (Self.text("/proc/\(pid)/cmdline") ?? "").split(separator: "\0").map(String.init),
            state: state,
            processorTime: .milliseconds(used * 1000 / ticks),
            residentBytes: (UInt64(fields[21]) ?? 0) * page,
            threads: Int(fields[17]) ?? 1,
            started: .milliseconds(Int64(clamping: startTime ?? 0) * 1000 / ticks)
        )
    }

    private static func words(of key: String, in status: String) -> [Substring] {
        let prefix = key + ":"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(prefix) }) else { return [] }
        return line.dropFirst(prefix.count).split(whereSeparator: \.isWhitespace)
    }

    private static func text(_ path: String) -> String? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        // A command line can be as long as the container likes.
        while bytes.count < 64 << 10, let count = try? chunk.withUnsafeMutableBytes({ try file.read(into: $0) }),
            count > 0
        {
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
