// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A process that can't be mistaken for a later one with the same number.
///
/// A pid alone is used again by the kernel. With the start time (field 22 of `/proc/PID/stat`, in clock ticks since
/// boot, proc_pid_stat(5)), the boot's id and the pid namespace it is unique.
public struct ProcessIdentity: Sendable, Hashable {
    /// The number of the process in its namespace.
    public let pid: Int32

    /// When it started, in clock ticks since boot.
    public let startTime: UInt64

    /// `/proc/sys/kernel/random/boot_id`: after a reboot every older process is dead.
    public let bootID: String

    /// The inode of `/proc/PID/ns/pid`: a pid means nothing in another namespace.
    public let pidNamespace: UInt64

    init(pid: Int32, startTime: UInt64, bootID: String, pidNamespace: UInt64) {
        self.pid = pid
        self.startTime = startTime
        self.bootID = bootID
        self.pidNamespace = pidNamespace
    }
}

extension ProcessIdentity {
    /// The calling process.
    ///
    /// - Throws: ``VolumeError`` if `/proc` can't be read.
    public static func current() throws(VolumeError) -> ProcessIdentity {
        try of(pid: getpid())
    }

    /// The process that has this number now.
    ///
    /// - Throws: ``VolumeError`` with `notFound` if there is none, `inputOutput` if `/proc` can't be read.
    public static func of(pid: Int32) throws(VolumeError) -> ProcessIdentity {
        guard case .started(let start) = state(of: pid) else {
            throw VolumeError(.notFound, "there is no process \(pid), or it can't be looked at")
        }
        return ProcessIdentity(
            pid: pid,
            startTime: start,
            bootID: try currentBootID(),
            pidNamespace: try currentPIDNamespace()
        )
    }

    /// Whether the process is gone for certain.
    ///
    /// A process of another pid namespace can't be judged from here and counts as alive; so does one whose `/proc`
    /// entry can't be read. A zombie is gone.
    func isDead(bootID: String, pidNamespace: UInt64) -> Bool {
        if self.bootID != bootID { return true }
        if self.pidNamespace != pidNamespace { return false }
        switch Self.state(of: pid) {
        case .started(let start): return start != startTime
        case .gone: return true
        case .unknown: return false
        }
    }

    static func currentBootID() throws(VolumeError) -> String {
        let path: FilePath = "/proc/sys/kernel/random/boot_id"
        guard let text = SmallFile.read(path) else { throw .system("read", path) }
        return String(text.prefix { $0 != "\n" })
    }

    static func currentPIDNamespace() throws(VolumeError) -> UInt64 {
        let path: FilePath = "/proc/self/ns/pid"
        do {
            // The link leads to the namespace itself, whose inode is its number.
            let namespace = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            defer { try? namespace.close() }
            return UInt64(try FileStatus(namespace.rawValue, path: path).inode.number)
        } catch let error as VolumeError {
            throw error
        } catch {
            throw .system("open", path, errno: error as? Errno ?? .ioError)
        }
    }

    private enum State {
        case started(UInt64)
        case gone
        case unknown
    }

    /// What `/proc/PID/stat` says: field 3 is the state, field 22 the start time.
    private static func state(of pid: Int32) -> State {
        guard let text = SmallFile.read(FilePath("/proc/\(pid)/stat")) else {
            return kill(pid, 0) != 0 && Errno.last == .noSuchProcess ? .gone : .unknown
        }
        // The second field is the command in parentheses, which may hold spaces and parentheses of its own.
        guard let end = text.lastIndex(of: ")") else { return .unknown }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let start = UInt64(fields[19]) else { return .unknown }
        return fields[0] == "Z" || fields[0] == "X" ? .gone : .started(start)
    }
}
