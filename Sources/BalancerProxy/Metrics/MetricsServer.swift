// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Answers a Prometheus server's requests by HTTP/1: `GET /metrics`, and nothing else.
///
/// ```swift
/// let metrics = try MetricsServer(TCPListener(.loopback(port: 9100)))
/// try await metrics.run { proxy.counters.prometheusText() }
/// ```
///
/// It is meant for a network that is trusted: nobody is asked who they are, and at most 64 clients are served at once.
public final class MetricsServer: Sendable {
    /// Where it is found, with the port that was really bound.
    public var localAddress: StreamAddress { listener.localAddress }

    private let listener: TCPListener
    private let thread: EventLoopThread
    private let life = ProxyLife(shards: 1)

    /// Creates a server; clients are answered from ``run(_:)`` on.
    ///
    /// - Parameters:
    ///   - listener: Where clients connect to; it belongs to the server.
    ///   - workers: The threads of which one does the work.
    /// - Throws: ``ProxyError`` if a thread can't be started.
    public init(_ listener: TCPListener, workers: ProxyWorkers = .shared) throws(ProxyError) {
        self.listener = listener
        guard let last = try workers.threads(for: "the thread for the figures").last else {
            throw ProxyError(.systemFailure, "there is no thread for the figures")
        }
        thread = last
    }

    /// Answers until the task is cancelled.
    ///
    /// - Parameter text: Makes the text; called on a thread that serves others meanwhile, so it must not block.
    /// - Throws: ``ProxyError`` with code `alreadyStarted` at a second call.
    public func run(_ text: @escaping @Sendable () -> String) async throws {
        try await life.run("server") {
            thread.port.submit { [listener, life] loop in
                MetricsHost(listener, loop: loop, text: text, life: life).start()
            }
        } stopping: {
            guard life.stop() else { return }
            thread.port.submit { [listener] loop in
                for case let host as MetricsHost in loop.allSources where host.listener === listener { host.stop() }
            }
        }
    }
}
