// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// A further program in a running container.
///
/// It shares the container's namespaces, control groups, limits and seccomp profile, has streams and an end of its own, and ends
/// with the container at the latest.
public final class ContainerProcess: Sendable {
    /// What the program writes to its standard output, or to its terminal; empty unless configured as
    /// ``StreamDestination/stream``.
    public let standardOutput: ByteSequence

    /// What the program writes to its standard error; empty unless configured as ``StreamDestination/stream``.
    public let standardError: ByteSequence

    /// What the program reads; finished from the start unless configured as ``StreamSource/stream``.
    public let standardInput: StandardInputWriter

    /// The program's terminal; `nil` unless it was configured with one.
    public let terminal: Terminal?

    private let process: ProcessExit

    init(_ process: ProcessExit, streams: ProgramStreams) {
        self.process = process
        standardOutput = streams.standardOutput
        standardError = streams.standardError
        standardInput = streams.standardInput
        terminal = streams.terminal
    }

    /// The program's number as the host sees it.
    ///
    /// It says nothing once the program has ended.
    public var processIdentifier: Int32 {
        process.pid
    }

    /// A descriptor of the program's process, which the caller closes.
    ///
    /// - Throws: ``ContainerError`` if there can be no more descriptors.
    package func duplicateProcessDescriptor() throws -> FileDescriptor {
        try launchStep("duplicate process descriptor") { () throws(Errno) in
            FileDescriptor(rawValue: try process.duplicateDescriptor().release())
        }
    }

    /// How the program ended; `nil` while it runs.
    public var status: TerminationStatus? {
        process.status
    }

    /// Waits until the program has ended.
    ///
    /// - Returns: How it ended. Ask as often as you like.
    /// - Throws: `CancellationError` if the task is cancelled; the program goes on.
    @discardableResult
    public func wait() async throws -> TerminationStatus {
        try await process.wait()
    }

    /// Sends a signal to the program.
    ///
    /// - Parameter signal: The signal.
    /// - Throws: ``ContainerError`` of code `invalidState` if the program has ended.
    public func send(_ signal: Signal) throws {
        try process.deliver(signal)
    }
}

extension ProcessExit {
    /// Sends a signal, with an error that a user can act on.
    func deliver(_ signal: Signal) throws {
        do {
            if try send(signal) { return }
        } catch {
            throw ContainerError(
                .process,
                "\(signal) can't be sent to the container",
                operation: "pidfd_send_signal",
                errno: error
            )
        }
        throw ContainerError(.invalidState, "\(signal) can't be sent: the container's program has ended")
    }
}
