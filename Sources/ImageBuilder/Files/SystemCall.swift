// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import ContainerKit
import Glibc
import SystemPackage

/// Turns the conventions of system calls into thrown errors that name the call and the path.
enum SystemCall {
    /// The value of `body`, which follows C's convention (-1 and `errno`), repeated while a signal interrupts it.
    @discardableResult
    static func check(
        _ operation: String,
        _ path: @autoclosure () -> String,
        _ body: () -> CInt
    ) throws(ImageBuilderError) -> CInt {
        while true {
            let result = body()
            if result >= 0 { return result }
            if errno != EINTR { throw failure(operation, path()) }
        }
    }

    /// The count that `body` returns.
    static func count(
        _ operation: String,
        _ path: @autoclosure () -> String,
        _ body: () -> Int
    ) throws(ImageBuilderError) -> Int {
        while true {
            let result = body()
            if result >= 0 { return result }
            if errno != EINTR { throw failure(operation, path()) }
        }
    }

    /// What a link points at.
    static func readLink(_ directory: CInt, _ name: FileName) throws(ImageBuilderError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4_097)
        let count = try count("readlinkat", name.description) {
            buffer.withUnsafeMutableBytes { room in
                guard let start = room.baseAddress else { return 0 }
                return readlinkat(directory, name.bytes, start.assumingMemoryBound(to: CChar.self), room.count)
            }
        }
        return Array(buffer[..<count])
    }

    /// The failure of the call that was made last on this thread.
    static func failure(_ operation: String, _ path: String) -> ImageBuilderError {
        failure(operation, path, Errno(rawValue: errno))
    }

    /// The failure of a call on a path.
    static func failure(_ operation: String, _ path: String, _ reason: Errno) -> ImageBuilderError {
        ImageBuilderError(.system, "\(operation) \(path.inQuotes) failed with \(reason.name): \(reason)")
    }
}

/// Opens a place in the tree, not the file there (`open(2)`); glibc hides it from Swift.
let O_PATH = CInt(NESTBOX_O_PATH)

/// `open(2)`, which can't be called where its name is that of a method.
func openReadOnly(_ path: String) -> CInt {
    open(path, O_RDONLY | O_CLOEXEC)
}
