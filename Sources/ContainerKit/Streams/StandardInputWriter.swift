// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The host's end of a program's input.
public final class StandardInputWriter: Sendable {
    private let descriptor: Mutex<Descriptor?>
    private let reactor: Reactor

    private let isTerminal: Bool

    init(_ descriptor: consuming Descriptor?, reactor: Reactor, isTerminal: Bool = false) {
        self.descriptor = Mutex(descriptor)
        self.reactor = reactor
        self.isTerminal = isTerminal
    }

    private enum Step {
        case wrote(Int)
        case wait(CInt)
    }

    /// Writes all of the bytes, waiting while the program does not read.
    ///
    /// - Parameter bytes: What the program reads.
    /// - Throws: ``ContainerError`` of code ``ContainerError/Code/io`` if the program has closed its input or ended, or
    ///   the input has been finished; `CancellationError`.
    public func write(_ bytes: some Sequence<UInt8>) async throws {
        let bytes = Array(bytes)
        var done = 0
        while done < bytes.count {
            switch try step(bytes[done...]) {
            case .wrote(let count): done += count
            case .wait(let descriptor): try await reactor.ready(.writable, descriptor)
            }
        }
    }

    /// Ends the input: the program finds the end once it has read what was written.
    ///
    /// A terminal's input has no end of its own: there the character that ends a file is typed (`Control-D`), which a
    /// program sees at the beginning of a line and unless it has changed the terminal's mode.
    public func finish() {
        descriptor.withLock { descriptor in
            if isTerminal, let number = descriptor?.rawValue { _ = Self.writeQuietly(number, [4]) }
            descriptor = nil
        }
    }

    private func step(_ bytes: ArraySlice<UInt8>) throws(ContainerError) -> Step {
        let result: Result<Step, ContainerError> = descriptor.withLock { descriptor in
            guard let number = descriptor?.rawValue else {
                return .failure(ContainerError(.io, "the container's input has been finished"))
            }
            let (count, errno) = Self.writeQuietly(number, bytes)
            if count >= 0 { return .success(.wrote(count)) }
            if errno == .wouldBlock { return .success(.wait(number)) }
            if errno == .interrupted { return .success(.wrote(0)) }
            return .failure(
                ContainerError(.io, "the container does not read its input", operation: "write", errno: errno)
            )
        }
        return try result.get()
    }

    /// Writes without the SIGPIPE that a program which has ended would bring upon the host application.
    private static func writeQuietly(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) -> (Int, Errno) {
        var pipeSignal = sigset_t()
        var previous = sigset_t()
        sigemptyset(&pipeSignal)
        sigaddset(&pipeSignal, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipeSignal, &previous)
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let errno = Errno(rawValue: Glibc.errno)
        if count < 0, errno == .brokenPipe, sigismember(&previous, SIGPIPE) == 0 {
            var now = timespec()
            sigtimedwait(&pipeSignal, nil, &now)
        }
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        return (count, errno)
    }
}
