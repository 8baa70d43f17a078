// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How many endpoints a policy compares for each pick.
public struct ChoiceCount: Hashable, Sendable {
    /// The number, or nil for all.
    let number: Int?

    /// Every endpoint: the best choice for a balancer that sees all requests, at a cost that grows with the endpoints.
    public static let all = ChoiceCount(number: nil)
    /// Two endpoints at random (Mitzenmacher, IEEE TPDS 2001): the largest load grows as ln ln n / ln 2 only.
    public static let two = ChoiceCount(number: 2)

    /// Some endpoints at random, all different; at least 1, at most 8.
    ///
    /// - Parameter number: How many.
    /// - Returns: The count, held to 1 ... 8.
    public static func random(_ number: Int) -> ChoiceCount { ChoiceCount(number: min(8, max(1, number))) }
}
