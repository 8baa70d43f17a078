// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Where an endpoint or a balancer stands, from the largest area to the smallest; an empty string is unknown.
public struct Locality: Hashable, Sendable {
    /// The region, such as `eu-central`.
    public var region: String
    /// The zone within the region.
    public var zone: String
    /// The part of the zone, such as a rack.
    public var subZone: String

    /// No locality stated.
    public static let unknown = Locality()

    /// Creates a locality.
    ///
    /// - Parameters:
    ///   - region: The region.
    ///   - zone: The zone within the region.
    ///   - subZone: The part of the zone.
    public init(region: String = "", zone: String = "", subZone: String = "") {
        self.region = region
        self.zone = zone
        self.subZone = subZone
    }
}
