// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a policy may know of the request that it places.
public struct PickContext: Sendable {
    /// The present time.
    public var now: Timestamp
    /// The hash of what the request is about (a user, a path), for policies that keep equal keys together.
    public var key: UInt64?
    /// The ``SessionAffinity`` number of the endpoint to which the request's session is bound.
    public var session: UInt64?
    /// The ``Subset`` number to which the request is confined.
    public var subset: UInt64?
    /// How often this request was placed before: policies that answer the same for the same key move on with it.
    public var attempt: UInt32
    /// Endpoints where the request has failed already and should not go again.
    public var excluded: SlotSet

    /// Creates a context.
    ///
    /// - Parameters:
    ///   - now: The present time.
    ///   - key: The hash of what the request is about.
    ///   - session: The ``SessionAffinity`` number to which the request's session is bound.
    ///   - subset: The ``Subset`` number to which the request is confined.
    ///   - attempt: How often this request was placed before.
    ///   - excluded: Endpoints where the request should not go again.
    @inlinable
    public init(
        now: Timestamp,
        key: UInt64? = nil,
        session: UInt64? = nil,
        subset: UInt64? = nil,
        attempt: UInt32 = 0,
        excluded: SlotSet = SlotSet()
    ) {
        self.now = now
        self.key = key
        self.session = session
        self.subset = subset
        self.attempt = attempt
        self.excluded = excluded
    }
}
