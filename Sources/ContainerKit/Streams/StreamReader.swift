// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization
internal import SystemPackage

/// The host's end of a program's output.
///
/// Reading waits in the runtime's reactor, not on a thread. The descriptor is closed at the end of the stream or with
/// the last reference.
final class StreamReader: Sendable {
    private static let chunkSize = 64 << 10

    private let descriptor: Mutex<Descriptor?>
    private let reactor: Reactor

    private let isTerminal: Bool

    init(_ descriptor: consuming Descriptor?, reactor: Reactor, isTerminal: Bool = false) {
        self.descriptor = Mutex(descriptor)
        self.reactor = reactor
        self.isTerminal = isTerminal
    }

    private enum Step {
        case bytes([UInt8])
        case end
        case wait(CInt)
    }

    func read() async throws -> [UInt8]? {
        while true {
            switch try step() {
            case .bytes(let bytes): return bytes
            case .end: return nil
            case .wait(let descriptor): try await reactor.ready(.readable, descriptor)
            }
        }
    }

    private func step() throws -> Step {
        try descriptor.withLock { descriptor in
            guard let number = descriptor?.rawValue else { return .end }
            do {
                let bytes = try [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
                    count = try FileDescriptor(rawValue: number).read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if bytes.isEmpty {
                    descriptor = nil
                    return .end
                }
                return .bytes(bytes)
            } catch Errno.wouldBlock {
                return .wait(number)
            } catch Errno.ioError where isTerminal {
                // So a terminal says that the last program has closed its end.
                descriptor = nil
                return .end
            } catch let errno as Errno {
                throw ContainerError(
                    .io,
                    "the container's output can't be read",
                    operation: "read",
                    errno: errno
                )
            }
        }
    }
}
