// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension EndpointRegistry {
    /// Ejects the endpoint in a slot, unless too many are out already.
    ///
    /// - Returns: Whether it was ejected.
    mutating func eject(slot: Int, at now: Timestamp, by detection: OutlierDetection) -> Bool {
        guard let position = position(ofSlot: slot) else { return false }
        return eject(at: position, now: now, by: detection)
    }

    /// Lets those back in whose time is over.
    ///
    /// - Returns: Whether any came back.
    mutating func readmit(at now: Timestamp) -> Bool {
        var changed = false
        for position in entries.indices where entries[position].outlier.isEjected {
            changed = update(position) { $0.outlier.readmit(at: now) } || changed
        }
        return changed
    }

    /// Looks at the rates of the interval that ends now, and starts the next one.
    ///
    /// - Returns: Whether any endpoint was ejected.
    mutating func sweep(at now: Timestamp, by detection: OutlierDetection) -> Bool {
        let present = entries.indices.filter { !entries[$0].outlier.isEjected }
        let counts = present.map { entries[$0].load.takeInterval() }
        for position in present {
            update(position) { $0.outlier.forgive() }
        }
        var changed = false
        for outlier in detection.outliers(counts) {
            changed = eject(at: present[outlier], now: now, by: detection) || changed
        }
        return changed
    }

    /// When the next ejected endpoint comes back.
    var nextReadmission: Timestamp? {
        entries.compactMap(\.outlier.ejectedUntil).min()
    }

    private mutating func eject(at position: Int, now: Timestamp, by detection: OutlierDetection) -> Bool {
        let out = entries.count { $0.outlier.isEjected }
        let allowed = max(1, Int(detection.maximumEjectedShare * Double(entries.count)))
        guard !entries[position].outlier.isEjected, out < allowed else { return false }
        update(position) { $0.outlier.eject(at: now, by: detection) }
        entries[position].load.forgetOutcomes()
        return true
    }
}
