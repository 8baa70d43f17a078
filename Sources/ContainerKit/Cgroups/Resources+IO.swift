// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Resources {
    /// Limits on block devices.
    public struct IO: Sendable, Hashable {
        /// A device, by its numbers.
        public struct Device: Sendable, Hashable {
            /// The driver's number.
            public var major: Int64
            /// The device's number.
            public var minor: Int64

            /// Creates a device.
            ///
            /// - Parameters:
            ///   - major: The driver's number.
            ///   - minor: The device's number.
            public init(major: Int64, minor: Int64) {
                self.major = major
                self.minor = minor
            }

            var text: String { "\(major):\(minor)" }
        }

        /// The share of device time relative to other groups, 10 to 1,000.
        ///
        /// Becomes a weight from 1 to 10,000 on v2.
        public var weight: UInt64?
        /// As ``weight``, for tasks of the group itself; only cgroup v1 has it.
        public var leafWeight: UInt64?
        /// Shares of single devices.
        public var weights: [Device: UInt64]
        /// As ``weights``, for tasks of the group itself; only cgroup v1 has them.
        public var leafWeights: [Device: UInt64]
        /// Bytes read in a second.
        public var readBytesPerSecond: [Device: UInt64]
        /// Bytes written in a second.
        public var writtenBytesPerSecond: [Device: UInt64]
        /// Read requests in a second.
        public var readsPerSecond: [Device: UInt64]
        /// Write requests in a second.
        public var writesPerSecond: [Device: UInt64]

        /// Creates limits on block devices; by default nothing is limited.
        public init() {
            weights = [:]
            leafWeights = [:]
            readBytesPerSecond = [:]
            writtenBytesPerSecond = [:]
            readsPerSecond = [:]
            writesPerSecond = [:]
        }

        func merging(_ newer: IO) -> IO {
            var merged = self
            merged.weight = newer.weight ?? weight
            merged.leafWeight = newer.leafWeight ?? leafWeight
            merged.weights.merge(newer.weights) { $1 }
            merged.leafWeights.merge(newer.leafWeights) { $1 }
            merged.readBytesPerSecond.merge(newer.readBytesPerSecond) { $1 }
            merged.writtenBytesPerSecond.merge(newer.writtenBytesPerSecond) { $1 }
            merged.readsPerSecond.merge(newer.readsPerSecond) { $1 }
            merged.writesPerSecond.merge(newer.writesPerSecond) { $1 }
            return merged
        }

        func validate() throws(ContainerError) {
            let all = [weight, leafWeight].compactMap { $0 } + weights.values + leafWeights.values
            for value in all where !(10...1_000).contains(value) {
                throw ContainerError(
                    .invalidConfiguration,
                    "the block device weight of \(value) is not from 10 to 1000"
                )
            }
        }

        /// The writes for v1 (`Documentation/admin-guide/cgroup-v1/blkio-controller.rst`).
        var legacyWrites: [CgroupWrite] {
            var writes: [CgroupWrite] = []
            if let weight {
                writes.append(
                    CgroupWrite(.blkio, "blkio.bfq.weight", String(weight), or: ("blkio.weight", String(weight)))
                )
            }
            if let leafWeight { writes.append(CgroupWrite(.blkio, "blkio.leaf_weight", String(leafWeight))) }
            for (device, weight) in weights.ordered {
                let text = "\(device.text) \(weight)"
                writes.append(
                    CgroupWrite(.blkio, "blkio.bfq.weight_device", text, or: ("blkio.weight_device", text))
                )
            }
            for (device, weight) in leafWeights.ordered {
                writes.append(CgroupWrite(.blkio, "blkio.leaf_weight_device", "\(device.text) \(weight)"))
            }
            let throttles: [(String, [Device: UInt64])] = [
                ("read_bps", readBytesPerSecond), ("write_bps", writtenBytesPerSecond), ("read_iops", readsPerSecond),
                ("write_iops", writesPerSecond),
            ]
            for (name, limits) in throttles {
                for (device, limit) in limits.ordered {
                    writes.append(CgroupWrite(.blkio, "blkio.throttle.\(name)_device", "\(device.text) \(limit)"))
                }
            }
            return writes
        }

        /// The writes for v2 (cgroup-v2.rst, "IO Interface Files").
        func unifiedWrites() throws(ContainerError) -> [CgroupWrite] {
            if leafWeight != nil || !leafWeights.isEmpty {
                throw ContainerError(.unsupported, "a block device leaf weight exists only with cgroup v1")
            }
            var writes: [CgroupWrite] = []
            if let weight {
                let text = "default \(Self.unifiedWeight(weight))"
                writes.append(CgroupWrite(.io, "io.bfq.weight", String(weight), or: ("io.weight", text)))
            }
            for (device, weight) in weights.ordered {
                let text = "\(device.text) \(Self.unifiedWeight(weight))"
                writes.append(CgroupWrite(.io, "io.bfq.weight", "\(device.text) \(weight)", or: ("io.weight", text)))
            }
            let throttles: [(String, [Device: UInt64])] = [
                ("rbps", readBytesPerSecond), ("wbps", writtenBytesPerSecond), ("riops", readsPerSecond),
                ("wiops", writesPerSecond),
            ]
            for (name, limits) in throttles {
                for (device, limit) in limits.ordered {
                    // No requests at all would stop the container for good; the kernel refuses it, v1 means "no limit".
                    let text = limit == 0 ? "max" : String(limit)
                    writes.append(CgroupWrite(.io, "io.max", "\(device.text) \(name)=\(text)"))
                }
            }
            return writes
        }

        /// v1's 10 to 1,000 on v2's scale from 1 to 10,000.
        static func unifiedWeight(_ weight: UInt64) -> UInt64 {
            1 + (max(weight, 10) - 10) * 9_999 / 990
        }
    }
}

extension [Resources.IO.Device: UInt64] {
    fileprivate var ordered: [(key: Resources.IO.Device, value: UInt64)] {
        sorted { ($0.key.major, $0.key.minor) < ($1.key.major, $1.key.minor) }
    }
}
