// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A thread of our own, with every signal blocked: signals are the host application's affair.
package enum NativeThread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a detached thread.
    ///
    /// - Parameters:
    ///   - name: Shown by `ps` and debuggers; at most 15 bytes.
    ///   - body: What the thread does.
    /// - Throws: ``ContainerError`` if there can be no more threads.
    package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(ContainerError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))

        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Body(name, body))
        let result = pthread_create(&thread, &attributes, Self.main, argument.toOpaque())
        guard result == 0 else {
            argument.release()
            throw ContainerError(
                .launch,
                "no thread could be started",
                operation: "start thread \(name)",
                errno: .init(rawValue: result)
            )
        }
    }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        nestbox_name_thread(body.name)
        body.run()
        return nil
    }
}
