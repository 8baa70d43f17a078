// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Neighbours on a server's machine, which take what of it they want, beyond the server's own allocation.
///
/// What they take is drawn anew after exponential times: on some machines all of it with a high probability, on the
/// others a part that follows a Beta(2, 3) distribution.
public struct Antagonist: Hashable, Sendable {
    /// The machine's cores.
    public var machineCores: Double
    /// Whether this is one of the machines whose neighbours often want everything.
    public var isHeavy: Bool
    /// The mean number of seconds between two draws.
    public var meanInterval: Double

    /// Creates neighbours.
    ///
    /// - Parameters:
    ///   - machineCores: The machine's cores.
    ///   - isHeavy: Whether the neighbours often want everything.
    ///   - meanInterval: The mean number of seconds between two draws.
    public init(machineCores: Double = 64, isHeavy: Bool, meanInterval: Double = 1) {
        self.machineCores = machineCores
        self.isHeavy = isHeavy
        self.meanInterval = meanInterval
    }

    /// The cores that the neighbours take from now on.
    func draw(_ generator: inout SeededGenerator) -> Double {
        if isHeavy { return generator.unit() < 0.8 ? machineCores : 0.7 * machineCores }
        return machineCores * generator.beta23()
    }
}
