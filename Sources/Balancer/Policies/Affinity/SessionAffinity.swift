// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Requests of one session to one endpoint, for as long as that endpoint takes requests.
///
/// Nothing is remembered here: the client carries the endpoint's number, in a cookie or header.
///
/// ```swift
/// let pick = picker.pick(PickContext(now: now, session: cookie.flatMap { SessionAffinity.number(fromCookie: $0) }))
/// if let pick, let endpoint = picker.endpoint(of: pick) { setCookie(SessionAffinity.cookie(for: endpoint.id)) }
/// ```
///
/// A number that belongs to no endpoint (any more), a session whose endpoint drains or is ejected, and a retry are placed
/// by the policy underneath.
public struct SessionAffinity: PolicyWrapper {
    /// Places requests that have no session yet.
    public let policy: any Policy

    /// Creates the policy.
    ///
    /// - Parameter policy: Places requests that have no session yet.
    public init(_ policy: any Policy) {
        self.policy = policy
    }

    /// The number by which sessions name an endpoint: it says nothing of the endpoint's address.
    ///
    /// - Parameter id: The endpoint's name.
    /// - Returns: The number, for ``PickContext/session``.
    public static func number(of id: String) -> UInt64 { XXHash64.hash(id, seed: 0x7365_7373) }

    /// The value of a session cookie: 16 hexadecimal digits.
    ///
    /// - Parameter id: The endpoint's name.
    /// - Returns: The value.
    public static func cookie(for id: String) -> String {
        let digits = String(number(of: id), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads a session cookie.
    ///
    /// - Parameter cookie: The value that a client sent; anything but 16 hexadecimal digits is no session.
    /// - Returns: The number, for ``PickContext/session``.
    public static func number(fromCookie cookie: String) -> UInt64? {
        guard cookie.utf8.count == 16, cookie.utf8.first != UInt8(ascii: "+") else { return nil }
        return UInt64(cookie, radix: 16)
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        SessionAffinityPlan(
            slots: Dictionary(snapshot.members.map { (Self.number(of: $0.id), $0.slot) }) { first, _ in first },
            plan: policy.plan(for: snapshot, replacing: (previous as? SessionAffinityPlan)?.plan)
        )
    }
}
