// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Lets retries be a share of requests only, so that retries cannot multiply an overload.
///
/// Each request within the last `window` adds `share` of a retry, each second a fixed number; each retry takes one.
///
/// Source: Finagle `RetryBudget`, whose defaults these are.
public struct RetryBudget: Sendable {
    private static let slices = 10

    /// Retries per request.
    public let share: Double
    /// Retries per second that are there without any request.
    public let minimumPerSecond: Double
    /// Over which time requests count.
    public let window: Duration
    private let sliceLength: Int64
    private var deposits = [Double](repeating: 0, count: slices)
    private var slice: Int64?

    /// Creates a budget.
    ///
    /// - Parameters:
    ///   - share: Retries per request; held to 0 ... 10.
    ///   - minimumPerSecond: Retries per second without any request; not below 0.
    ///   - window: Over which time requests count; a second at least.
    public init(share: Double = 0.2, minimumPerSecond: Double = 10, window: Duration = .seconds(10)) {
        self.share = share.isNaN ? 0 : min(10, max(0, share))
        self.minimumPerSecond = minimumPerSecond.isFinite ? max(0, minimumPerSecond) : 0
        self.window = max(.seconds(1), window)
        sliceLength = max(1, self.window.wholeNanoseconds / Int64(Self.slices))
    }

    /// Retries that may be made now.
    public var balance: Double {
        max(0, deposits.reduce(minimumPerSecond * window.inSeconds, +))
    }

    /// Notes a request.
    ///
    /// - Parameter now: The present time.
    public mutating func deposit(at now: Timestamp) {
        deposits[index(at: now)] += share
    }

    /// Asks for a retry.
    ///
    /// - Parameter now: The present time.
    /// - Returns: Whether it may be made; if so it is taken from the budget.
    public mutating func withdraw(at now: Timestamp) -> Bool {
        let index = index(at: now)
        guard balance >= 1 - 1e-9 else { return false }
        deposits[index] -= 1
        return true
    }

    /// The place of the present slice of the window; empties those that have gone by.
    private mutating func index(at now: Timestamp) -> Int {
        let present = now.nanoseconds / sliceLength
        let last = slice ?? present
        if present > last {
            for passed in 1...min(Int64(Self.slices), present - last) {
                deposits[Self.place(of: last + passed)] = 0
            }
        }
        slice = max(last, present)
        return Self.place(of: max(last, present))
    }

    private static func place(of slice: Int64) -> Int {
        let remainder = Int(slice % Int64(slices))
        return remainder < 0 ? remainder + slices : remainder
    }
}
