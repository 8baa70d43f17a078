// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import ContainerKit
internal import Dispatch
internal import Glibc
internal import SystemPackage

/// Passes what is typed, shown and signalled between this process and a program.
struct TerminalRelay: Sendable {
    let terminal: Terminal?

    init(_ terminal: Terminal?) {
        self.terminal = terminal
    }

    /// Follows a program to its end.
    func follow(
        input: StandardInputWriter,
        output: ByteSequence,
        send: @escaping @Sendable (Signal) -> Void,
        wait: @escaping @Sendable () async throws -> TerminationStatus
    ) async throws -> TerminationStatus {
        try SignalPipe.forward([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH]) { number in
            if number == SIGWINCH, terminal != nil { matchSize() } else { send(Signal(rawValue: number)) }
        }
        guard terminal != nil else { return try await wait() }
        let mode = RawMode()
        defer { mode?.restore() }
        matchSize()
        let typed = Self.typed()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await bytes in typed { try? await input.write(bytes) }
            }
            for try await bytes in output { _ = try? FileDescriptor.standardOutput.writeAll(bytes) }
            tasks.cancelAll()
        }
        return try await wait()
    }

    private func matchSize() {
        var size = Terminal.Size()
        guard nestbox_terminal_size(0, &size.rows, &size.columns) == 0 else { return }
        try? terminal?.resize(to: size)
    }

    /// What comes on standard input, read on a queue of its own: a read from a terminal may wait for ever.
    private static func typed() -> AsyncStream<[UInt8]> {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        DispatchQueue(label: "nestbox-oci.input").async {
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(0, &chunk, chunk.count)
                if count <= 0 { break }
                continuation.yield(Array(chunk[..<count]))
            }
            continuation.finish()
        }
        return stream
    }
}

/// A terminal of ours that passes every key on, until it is restored.
private struct RawMode {
    private let before: termios

    init?() {
        var mode = termios()
        guard tcgetattr(0, &mode) == 0 else { return nil }
        before = mode
        cfmakeraw(&mode)
        tcsetattr(0, TCSANOW, &mode)
    }

    func restore() {
        var mode = before
        tcsetattr(0, TCSANOW, &mode)
    }
}
