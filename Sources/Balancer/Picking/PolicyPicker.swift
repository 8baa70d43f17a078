// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The part of a policy that chooses; one for each event loop, never shared between threads.
public protocol PolicyPicker: AnyObject {
    /// Chooses an endpoint. Allocates nothing and takes no lock.
    ///
    /// - Parameter context: What is known of the request.
    /// - Returns: The endpoint, or why there is none.
    func pick(_ context: borrowing PickContext) -> Choice

    /// The endpoint that ought to be probed now, if the policy lives on probes and one is due.
    ///
    /// - Parameter now: The present time.
    /// - Returns: The slot of the endpoint; ask again until there is none.
    func nextProbe(at now: Timestamp) -> Int?

    /// Takes in the answer to a probe.
    ///
    /// - Parameters:
    ///   - reply: What the endpoint said.
    ///   - slot: The endpoint that was probed.
    ///   - now: The present time.
    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp)
}

extension PolicyPicker {
    /// None: most policies do not probe.
    public func nextProbe(at now: Timestamp) -> Int? { nil }

    /// Ignores it: most policies do not probe.
    public func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {}
}
