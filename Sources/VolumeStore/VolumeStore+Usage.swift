// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

extension VolumeStore {
    /// How much a volume holds.
    ///
    /// Volumes that are a filesystem of their own know it; for a directory every file is looked at, which takes about a
    /// second for a million files that are in memory. The store remembers what it counted.
    ///
    /// - Parameters:
    ///   - name: The volume.
    ///   - maximumAge: How old a remembered count may be.
    /// - Returns: The usage, with the time it was measured.
    /// - Throws: ``VolumeError`` with `notFound` or `dataMissing`.
    public func usage(of name: String, maximumAge: Duration = .zero) async throws(VolumeError) -> VolumeUsage {
        let id = try await volume(named: name).id
        if let known = usages.withLock({ $0[id] }), known.measuredAt.age < maximumAge { return known }
        let (measuredID, usage) = try await BlockingWork.run { [operations] () throws(VolumeError) in
            try operations.usage(of: name)
        }
        usages.withLock { $0[measuredID] = usage }
        return usage
    }

    /// How much each of the volumes that pass the filter holds, by name.
    ///
    /// One that is removed meanwhile, or whose directory is gone, is left out.
    ///
    /// - Parameters:
    ///   - filter: Which volumes.
    ///   - maximumAge: How old a remembered count may be. With a minute, a scrape of many large volumes looks at each file
    ///     once a minute at most.
    /// - Returns: The usages, also as metrics: ``VolumeUsageReport/openMetrics``.
    /// - Throws: ``VolumeError``.
    public func usageReport(
        _ filter: VolumeFilter = VolumeFilter(),
        maximumAge: Duration = .zero
    ) async throws(VolumeError) -> VolumeUsageReport {
        var report = VolumeUsageReport()
        let volumes = try await list(filter)
        for volume in volumes {
            do {
                report.add(volume, try await usage(of: volume.name, maximumAge: maximumAge))
            } catch  where error.code == .notFound || error.code == .dataMissing {
                continue
            }
        }
        if filter == VolumeFilter() {
            let known = Set(volumes.map(\.id))
            usages.withLock { usages in usages = usages.filter { known.contains($0.key) } }
        }
        return report
    }
}

extension Timestamp {
    /// How long ago it is.
    fileprivate var age: Duration { .nanoseconds(Timestamp.now().nanoseconds - nanoseconds) }
}
