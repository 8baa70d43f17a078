// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CImageStore
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Turns the C convention of system calls (-1 and `errno`) into thrown errors that name the call and the path.
enum SystemCall {
    /// The value of `body`, repeated while a signal interrupts it.
    ///
    /// - Throws: ``ImageStoreError`` with code `system`.
    @discardableResult
    static func check(_ operation: String, _ path: @autoclosure () -> String, _ body: () -> Int32) throws -> Int32 {
        while true {
            let result = body()
            if result >= 0 { return result }
            if errno != EINTR { throw error(operation, path(), errno) }
        }
    }

    /// The count that `body` returns, repeated while a signal interrupts it.
    ///
    /// - Throws: ``ImageStoreError`` with code `system`.
    @discardableResult
    static func count(_ operation: String, _ path: @autoclosure () -> String, _ body: () -> Int) throws -> Int {
        while true {
            let result = body()
            if result >= 0 { return result }
            if errno != EINTR { throw error(operation, path(), errno) }
        }
    }

    /// The error for a failed system call.
    static func error(_ operation: String, _ path: String, _ number: Int32) -> ImageStoreError {
        ImageStoreError(
            code: .system,
            message: "'\(path)': \(String(cString: strerror(number)))",
            operation: operation,
            path: path,
            reason: name(of: number)
        )
    }

    /// The symbolic name of an `errno` value.
    static func name(of number: Int32) -> String {
        cimagestore_errno_name(number).map { String(cString: $0) } ?? "errno \(number)"
    }
}
