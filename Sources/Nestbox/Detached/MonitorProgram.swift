// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import FoundationEssentials
internal import Glibc
public import SystemPackage

/// A program that stays behind to look after detached containers: one whose `main` calls ``NestboxMonitor/main(root:)``.
///
/// There is no daemon: each detached container or service has a small process of its own, which ends with it. The
/// command-line tool executes itself.
public struct MonitorProgram: Sendable, Hashable {
    /// The program's file.
    public var path: FilePath
    /// Its arguments, the first of which is its name.
    public var arguments: [String]

    /// Creates a description.
    ///
    /// - Parameters:
    ///   - path: The program's file.
    ///   - arguments: Its arguments, the first of which is its name.
    public init(path: FilePath, arguments: [String]) {
        self.path = path
        self.arguments = arguments
    }

    /// Starts a container that outlives this process.
    ///
    /// - Parameter specification: What to run.
    /// - Returns: The container's identifier, once its program runs.
    /// - Throws: ``NestboxError`` as the monitor met it; nothing is left behind then.
    @concurrent public func run(_ specification: ContainerSpecification) async throws -> String {
        try order(.container(specification))
    }

    /// Starts the program of a container that does not run, so that it outlives this process.
    ///
    /// - Parameter container: The container.
    /// - Returns: The container's identifier, once its program runs.
    /// - Throws: ``NestboxError`` as the monitor met it.
    @concurrent public func start(_ container: String) async throws -> String {
        try order(.start(container))
    }

    /// Starts a service that outlives this process.
    ///
    /// - Parameter specification: The service.
    /// - Returns: The service's name, once all of its containers run.
    /// - Throws: ``NestboxError`` as the monitor met it; nothing is left behind then.
    @concurrent public func run(_ specification: ServiceSpecification) async throws -> String {
        try order(.service(specification))
    }

    /// Runs a further program in a container, which outlives this process and ends with the container at the latest.
    ///
    /// It reads nothing, and what it writes is not kept, whatever the options say of its streams.
    ///
    /// - Parameters:
    ///   - options: The program.
    ///   - container: The container.
    /// - Throws: ``NestboxError`` as the monitor met it: `notRunning`, `executableNotFound`, `notExecutable` and others.
    @concurrent public func execute(_ options: ExecutionOptions, in container: String) async throws {
        _ = try order(.execution(ExecutionOrder(options, in: container)))
    }

    private func order(_ order: MonitorOrder) throws -> String {
        let orders = try Self.pipe()
        let replies: (read: FileDescriptor, write: FileDescriptor)
        do {
            replies = try Self.pipe()
        } catch {
            Self.close([orders.read, orders.write])
            throw error
        }
        defer { try? replies.read.close() }
        do {
            defer { Self.close([orders.read, replies.write]) }
            try spawn(input: orders.read, output: replies.write)
        } catch {
            try? orders.write.close()
            throw NestboxError(.monitor, "the monitor '\(path)' can't be started", cause: error)
        }
        Self.write(Array(try JSONEncoder().encode(order)), to: orders.write)
        let answer = Self.read(replies.read)
        guard let reply = try? JSONDecoder().decode(MonitorReply.self, from: Data(answer)) else {
            throw NestboxError(.monitor, "the monitor ended before it could say what came of its order")
        }
        return try reply.get()
    }

    /// `POSIX_SPAWN_SETSID` of glibc, which only shows it to `_GNU_SOURCE`.
    private static let newSession: CInt = 0x80

    /// In a session of its own, with nothing open but its order and its reply.
    private func spawn(input: FileDescriptor, output: FileDescriptor) throws(SystemFailure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.rawValue, 0)
        posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Self.newSession | CInt(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var arguments: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid = pid_t()
        let result = posix_spawn(&pid, path.string, &actions, &attributes, arguments, environ)
        guard result == 0 else { throw SystemFailure("posix_spawn", path, Errno(rawValue: result)) }
    }

    // MARK: Pipes

    private static func pipe() throws -> (read: FileDescriptor, write: FileDescriptor) {
        var read: CInt = -1
        var write: CInt = -1
        let result = nestbox_pipe(&read, &write)
        guard result == 0 else {
            let failure = SystemFailure("pipe2", nil, Errno(rawValue: -result))
            throw NestboxError(.monitor, "no pipe can be made to a monitor", cause: failure)
        }
        return (FileDescriptor(rawValue: read), FileDescriptor(rawValue: write))
    }

    private static func close(_ descriptors: [FileDescriptor]) {
        for descriptor in descriptors { try? descriptor.close() }
    }

    /// Writes and closes; a monitor that died shows in its answer.
    private static func write(_ bytes: [UInt8], to pipe: FileDescriptor) {
        var signal = sigset_t()
        var previous = sigset_t()
        sigemptyset(&signal)
        sigaddset(&signal, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signal, &previous)
        if (try? pipe.writeAll(bytes)) == nil {
            var now = timespec()
            sigtimedwait(&signal, nil, &now)
        }
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        try? pipe.close()
    }

    private static func read(_ pipe: FileDescriptor) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while let count = try? chunk.withUnsafeMutableBytes({ try pipe.read(into: $0) }), count > 0 {
            bytes += chunk[..<count]
        }
        return bytes
    }
}
