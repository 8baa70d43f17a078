// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Decides the number of replicas by requests in flight, as Knative does: a stable window for calm times, a short panic
/// window for bursts, and zero replicas when nothing comes.
///
/// The wanted number is the mean of requests in flight over the window divided by the target for each replica. If the
/// panic window asks for at least `panicThreshold` times what there is, the scaler panics: for a stable window from the
/// last such moment it follows the larger of both and never scales in.
///
/// Source: Knative Serving, "Autoscaler" (KPA), whose defaults these are.
public struct ConcurrencyScaler: Sendable {
    /// The bounds and rules.
    public struct Configuration: Hashable, Sendable {
        /// The requests in flight for which a replica is made; 100 by default.
        public var targetConcurrency = 100.0
        /// The share of that to aim at, which leaves room while new replicas start; 0.7 by default.
        public var targetUtilisation = 0.7
        /// The window for calm times; 60 seconds by default.
        public var stableWindow = Duration.seconds(60)
        /// The window for bursts, as a share of the stable one; 0.1 by default.
        public var panicShare = 0.1
        /// How many times what there is the panic window must ask for.
        public var panicThreshold = 2.0
        /// How many times what there is may be asked for at once; 1,000 by default.
        public var maximumScaleOut = 1_000.0
        /// How many times fewer than there are may be asked for at once; 2 by default.
        public var maximumScaleIn = 2.0
        /// The least number of replicas; 0, the default, allows none when nothing comes.
        public var minimum = 0
        /// The largest number of replicas; no bound by default.
        public var maximum = Int.max
        /// How long the last replica stays after the stable window saw nothing; 30 seconds by default.
        public var scaleToZeroGrace = Duration.seconds(30)

        /// Creates Knative's defaults.
        public init() {}
    }

    /// The bounds and rules.
    public let configuration: Configuration
    private var window: ConcurrencyWindow
    private var panickedAt: Timestamp?
    private var panicPeak = 0
    private var idleSince: Timestamp?

    /// Creates a scaler.
    ///
    /// - Parameter configuration: The bounds and rules.
    /// - Throws: ``BalancerError`` if a target, window or bound is out of range.
    public init(_ configuration: Configuration = Configuration()) throws(BalancerError) {
        let rates = [
            configuration.targetConcurrency, configuration.targetUtilisation, configuration.panicShare,
            configuration.panicThreshold,
        ]
        guard rates.allSatisfy({ $0 > 0 && $0.isFinite }), configuration.panicShare <= 1,
            configuration.stableWindow >= .seconds(1), configuration.maximumScaleOut > 1,
            configuration.maximumScaleIn > 1, 0 <= configuration.minimum,
            configuration.minimum <= configuration.maximum, configuration.maximum > 0
        else {
            throw BalancerError(
                code: .invalidConfiguration,
                message: "a concurrency scaler needs targets above 0, a window of a second and rates above 1"
            )
        }
        self.configuration = configuration
        window = ConcurrencyWindow(length: configuration.stableWindow)
    }

    /// Whether it follows the panic window.
    public var isPanicking: Bool { panickedAt != nil }

    /// Notes how many requests are in flight (or wait for a replica); call it about every second.
    ///
    /// - Parameters:
    ///   - inFlight: The requests, over all replicas.
    ///   - now: The present time.
    public mutating func record(inFlight: Double, at now: Timestamp) {
        guard inFlight.isFinite, inFlight >= 0 else { return }
        window.record(inFlight, at: now)
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - ready: How many replicas take requests.
    ///   - now: The present time.
    /// - Returns: How many replicas there should be; `ready` if nothing was recorded yet.
    public mutating func decide(ready: Int, at now: Timestamp) -> Int {
        let panicWindow = Duration.nanoseconds(
            Int64(saturating: Double(configuration.stableWindow.wholeNanoseconds) * configuration.panicShare)
        )
        guard let calm = window.mean(over: configuration.stableWindow, at: now),
            let burst = window.mean(over: panicWindow, at: now)
        else { return ready }
        let present = Double(max(1, ready))
        let stable = bounded(calm, present: present)
        let panic = bounded(burst, present: present)
        updatePanic(burst, present: present, at: now)
        var wanted = stable
        if panickedAt != nil {
            panicPeak = max(panicPeak, stable, panic)
            wanted = max(panicPeak, min(ready, configuration.maximum))
        }
        wanted = min(configuration.maximum, max(configuration.minimum, wanted))
        return held(wanted, demand: calm, at: now)
    }

    private func bounded(_ concurrency: Double, present: Double) -> Int {
        let target = configuration.targetConcurrency * configuration.targetUtilisation
        let most = (configuration.maximumScaleOut * present).rounded(.up)
        let least = (present / configuration.maximumScaleIn).rounded(.down)
        return Int(saturating: min(most, max(least, (concurrency / target).rounded(.up))))
    }

    private mutating func updatePanic(_ burst: Double, present: Double, at now: Timestamp) {
        let target = configuration.targetConcurrency * configuration.targetUtilisation
        if (burst / target).rounded(.up) / present >= configuration.panicThreshold {
            panickedAt = now
        } else if let since = panickedAt, now.elapsed(since: since) > configuration.stableWindow {
            panickedAt = nil
            panicPeak = 0
        }
    }

    /// Keeps the last replica until nothing has come for the grace time.
    private mutating func held(_ wanted: Int, demand: Double, at now: Timestamp) -> Int {
        guard wanted == 0 || (demand == 0 && configuration.minimum == 0) else {
            idleSince = nil
            return wanted
        }
        let since = idleSince ?? now
        idleSince = since
        return wanted == 0 && now.elapsed(since: since) < configuration.scaleToZeroGrace ? 1 : wanted
    }
}
