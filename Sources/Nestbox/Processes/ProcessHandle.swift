// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import ContainerKit
internal import Glibc
internal import SystemPackage

/// A process that can't be mistaken for a later one with its number: the number and when it started.
struct ProcessReference: Hashable, Sendable, Codable {
    var pid: Int32
    /// Field 22 of `/proc/PID/stat`: clock ticks since boot (proc_pid_stat(5)).
    var startTime: UInt64
}

/// An open process, for signals.
///
/// It is held by its `/proc` directory, which `pidfd_send_signal(2)` takes as it takes a pidfd. What is read and sent
/// through it concerns the process that was opened, or fails with `ESRCH`: never another one with the same number.
final class ProcessHandle: Sendable {
    private let descriptor: CInt

    /// Opens a process if it still is the one that is meant.
    ///
    /// - Returns: `nil` if it has ended.
    convenience init?(_ reference: ProcessReference) {
        self.init(pid: reference.pid)
        guard startTime == reference.startTime else { return nil }
    }

    private init?(pid: Int32) {
        descriptor = open("/proc/\(pid)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// What names a process that runs now, for records.
    ///
    /// - Returns: `nil` if there is none, or it has ended and waits to be reaped.
    static func reference(to pid: Int32) -> ProcessReference? {
        guard let handle = ProcessHandle(pid: pid), let startTime = handle.startTime else { return nil }
        return ProcessReference(pid: pid, startTime: startTime)
    }

    /// Sends a signal.
    ///
    /// - Returns: `false` if the process has ended.
    func send(_ signal: Signal) throws(SystemFailure) -> Bool {
        let result = nestbox_send_signal(descriptor, signal.rawValue)
        if result == -ESRCH { return false }
        guard result == 0 else { throw SystemFailure("pidfd_send_signal", nil, Errno(rawValue: -result)) }
        return true
    }

    /// Whether it still runs.
    var isAlive: Bool { startTime != nil }

    /// When it started; `nil` once it is gone or only waits to be reaped.
    private var startTime: UInt64? {
        let file = openat(descriptor, "stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        // The second field is the program's name in parentheses, which may hold spaces and parentheses of its own.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }
}
