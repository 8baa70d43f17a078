// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How much each of several volumes holds, for people and for metrics.
public struct VolumeUsageReport: Sendable, Hashable {
    /// One volume.
    public struct Entry: Sendable, Hashable {
        /// The volume.
        public let volume: Volume
        /// What it holds.
        public let usage: VolumeUsage
    }

    /// The volumes, in the order they were added.
    public private(set) var entries: [Entry] = []

    /// No volumes yet.
    public init() {}

    /// Adds a volume.
    public mutating func add(_ volume: Volume, _ usage: VolumeUsage) {
        entries.append(Entry(volume: volume, usage: usage))
    }

    /// The report as gauges in the text format of OpenMetrics 1.0, which Prometheus scrapes.
    ///
    /// `nestbox_volume_usage_bytes`, `nestbox_volume_inodes` and, where there is a limit, `nestbox_volume_limit_bytes`, each
    /// with the labels `volume` and `driver` and with the time of the measurement.
    public var openMetrics: String {
        let bytes = family("usage_bytes", "Bytes on the disk.", unit: "bytes") { $0.bytes }
        let inodes = family("inodes", "Files and directories.", unit: nil) { $0.inodes }
        let limits = family("limit_bytes", "Bytes that the volume can hold.", unit: "bytes") { $0.limit }
        return bytes + inodes + limits + "# EOF\n"
    }

    private func family(_ name: String, _ help: String, unit: String?, _ value: (VolumeUsage) -> Int64?) -> String {
        let name = "nestbox_volume_\(name)"
        var text = "# TYPE \(name) gauge\n"
        if let unit { text += "# UNIT \(name) \(unit)\n" }
        text += "# HELP \(name) \(help)\n"
        for entry in entries {
            guard let value = value(entry.usage) else { continue }
            let labels = "volume=\"\(Self.escaped(entry.volume.name))\",driver=\"\(Self.escaped(entry.volume.driver))\""
            text += "\(name){\(labels)} \(value) \(entry.usage.measuredAt.decimalSeconds)\n"
        }
        return text
    }

    /// Names of drivers are free text.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}

extension Timestamp {
    /// Seconds since the epoch with three decimals.
    fileprivate var decimalSeconds: String {
        let milliseconds = nanoseconds / 1_000_000
        let fraction = "\(1000 + milliseconds % 1000)".dropFirst()
        return "\(milliseconds / 1000).\(fraction)"
    }
}
