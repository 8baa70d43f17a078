// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Equal keys to equal endpoints as nginx's `hash … consistent` (and Cache::Memcached::Fast) places them.
///
/// Each endpoint has 160 points per unit of weight; a point is the CRC-32 of host, a zero byte, port and the point
/// before it. The key is the CRC-32 of what is hashed, ``key(for:)``.
///
/// Endpoints must be named as in nginx's configuration (`10.0.0.1:80`, or `unix:/path`), or carry the label `hash_key`.
///
/// Source: nginx `ngx_http_upstream_hash_module`.
public struct Ketama: Policy {
    /// More points than this are not made; weights are scaled down to fit.
    static let maximumPoints = 1_048_576

    /// Creates the policy.
    public init() {}

    /// The key that nginx reckons from the value of a hash expression, for ``PickContext/key``.
    ///
    /// - Parameter value: What the request is hashed by.
    /// - Returns: The key.
    public static func key(for value: String) -> UInt64 { UInt64(CRC32.hash(value)) }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        KetamaPlan(ring: RingPlan(points: points(of: snapshot.hashedHosts())))
    }

    private func points(of hosts: [HashedHost]) -> [RingPoint] {
        let wanted = hosts.reduce(0.0) { $0 + Double($1.weight) * 160 }
        let scale = min(1, Double(Self.maximumPoints) / max(1, wanted))
        var points: [(order: Int, point: RingPoint)] = []
        for host in hosts {
            let base = Self.base(of: host.key)
            var previous: UInt32 = 0
            for _ in 0..<max(1, Int(Double(host.weight) * 160 * scale)) {
                var checksum = base
                checksum.update((0..<4).map { UInt8(truncatingIfNeeded: previous >> ($0 * 8)) })
                previous = checksum.value
                points.append((points.count, RingPoint(hash: UInt64(previous), slot: host.slot)))
            }
        }
        points.sort { ($0.point.hash, $0.order) < ($1.point.hash, $1.order) }
        return unique(points.map(\.point))
    }

    /// Leaves the first of points with equal hashes.
    private func unique(_ points: [RingPoint]) -> [RingPoint] {
        var kept: [RingPoint] = []
        kept.reserveCapacity(points.count)
        for point in points where kept.last?.hash != point.hash {
            kept.append(point)
        }
        return kept
    }

    /// The checksum of host, zero byte and port, which all points of an endpoint begin with.
    private static func base(of name: String) -> CRC32 {
        var host = Array(name.utf8)
        var port: [UInt8] = []
        if name.lowercased().hasPrefix("unix:") {
            host.removeFirst(5)
        } else if let colon = host.lastIndex(of: UInt8(ascii: ":")),
            host[(colon + 1)...].allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        {
            port = Array(host[(colon + 1)...])
            host = Array(host[..<colon])
        }
        var checksum = CRC32()
        checksum.update(host)
        checksum.update([0])
        checksum.update(port)
        return checksum
    }
}

extension Policy where Self == Ketama {
    /// Equal keys to equal endpoints as in nginx.
    public static var ketama: Ketama { Ketama() }
}
