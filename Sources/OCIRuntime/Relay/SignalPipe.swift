// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import ContainerKit
internal import Glibc
internal import SystemPackage

/// Hands the signals that this process gets to a thread of its own, for as long as the process lives.
enum SignalPipe {
    /// - Parameters:
    ///   - numbers: The signals, which no longer have their usual effect on this process.
    ///   - body: Called with each of them, on a thread of its own.
    /// - Throws: ``OCIError`` if there can be no pipe or no thread.
    static func forward(_ numbers: [CInt], to body: @escaping @Sendable (CInt) -> Void) throws {
        let source = nestbox_pass_signals(numbers, numbers.count)
        guard source >= 0 else { throw OCIError("signals can't be passed on: \(Errno(rawValue: -source))") }
        try NativeThread.start("nestbox-signals") {
            var number: UInt8 = 0
            while true {
                let count = read(source, &number, 1)
                if count == 1 { body(CInt(number)) } else if count == 0 || errno != EINTR { return }
            }
        }
    }
}
