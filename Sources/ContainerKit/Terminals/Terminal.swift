// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Synchronization
public import SystemPackage

/// The host's end of a program's terminal.
///
/// What the program writes and what is typed go through the program's streams; this sets the size, and gives the end
/// away to whoever relays a whole terminal.
///
/// ```swift
/// configuration.process.terminal = Terminal.Size(rows: 24, columns: 80)
/// let container = try await runtime.run(configuration)
/// try container.terminal?.resize(to: Terminal.Size(rows: 50, columns: 132))
/// ```
public final class Terminal: Sendable {
    /// How many characters a terminal shows.
    public struct Size: Hashable, Sendable {
        /// The lines; 0 where it is unknown.
        public var rows: UInt16
        /// The characters of a line; 0 where it is unknown.
        public var columns: UInt16

        /// Creates a size.
        ///
        /// - Parameters:
        ///   - rows: The lines.
        ///   - columns: The characters of a line.
        public init(rows: UInt16 = 0, columns: UInt16 = 0) {
            self.rows = rows
            self.columns = columns
        }
    }

    private let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Changes the size; the kernel tells the program by `SIGWINCH`.
    ///
    /// - Parameter size: The new size.
    /// - Throws: ``ContainerError`` of code ``ContainerError/Code/io``.
    public func resize(to size: Size) throws {
        try check("set the size", nestbox_set_terminal_size(descriptor.rawValue, size.rows, size.columns))
    }

    /// The size now, which the program may have changed.
    ///
    /// - Returns: The size.
    /// - Throws: ``ContainerError`` of code ``ContainerError/Code/io``.
    public func size() throws -> Size {
        var size = Size()
        try check("read the size", nestbox_terminal_size(descriptor.rawValue, &size.rows, &size.columns))
        return size
    }

    /// A duplicate of the host's end, which the caller closes.
    ///
    /// - Returns: A descriptor that is closed on execution and doesn't block.
    /// - Throws: ``ContainerError`` if there can be no more descriptors.
    public func duplicate() throws -> FileDescriptor {
        FileDescriptor(rawValue: try duplicated().release())
    }

    /// A duplicate with an owner.
    func duplicated() throws(ContainerError) -> Descriptor {
        do {
            return try Descriptor.duplicate(descriptor.borrowed)
        } catch {
            throw ContainerError(.io, "the terminal can't be duplicated", operation: "fcntl", errno: error)
        }
    }

    private func check(_ operation: String, _ result: CInt) throws {
        guard result < 0 else { return }
        throw ContainerError(
            .io,
            "the terminal can't be used",
            operation: "\(operation) of the terminal",
            errno: Errno(rawValue: -result)
        )
    }
}
