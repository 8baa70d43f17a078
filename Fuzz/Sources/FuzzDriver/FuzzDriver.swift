// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CFuzzer
import Dispatch
import Glibc

/// Runs `test` on ever new bytes until libFuzzer's options, from the command line, say that it is enough.
///
/// - Parameter test: What reads hostile bytes; it must neither crash nor hang, and may check what it read.
public func fuzz(_ test: @escaping ([UInt8]) -> Void) -> Never {
    fuzzedTest = test
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    let status = LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        // An exact copy, so that the sanitizer sees a read one past the end.
        fuzzedTest(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    }
    exit(status)
}

/// The same for what suspends: a test ends before the next begins.
///
/// - Parameter test: What reads hostile bytes.
public func fuzz(_ test: @escaping @Sendable ([UInt8]) async -> Void) -> Never {
    fuzz { bytes in
        let done = DispatchSemaphore(value: 0)
        // Detached: the program's main thread, whose actor a plain task would wait for, waits for the task.
        Task.detached {
            await test(bytes)
            done.signal()
        }
        done.wait()
    }
}

// libFuzzer calls a C function without a context; it is set once, before the first call, on the one thread there is.
nonisolated(unsafe) private var fuzzedTest: ([UInt8]) -> Void = { _ in }
