// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What is learnt of an endpoint from its reports and this balancer's own requests, a second at a time.
package struct LoadHistory: Sendable {
    /// The least seconds to learn from at once; shorter reports are added up, or chance would rule.
    private static let lesson = 0.95

    package var moments = LoadMoments()
    /// What happened since the last lesson.
    package var open = Interval()

    /// Sums over some time.
    package struct Interval: Sendable {
        package var seconds = 0.0
        /// Utilisation times seconds.
        package var work = 0.0
        package var answers = 0.0
        /// Requests in flight times seconds.
        package var inFlight = 0.0
    }

    /// Takes in what happened between two reports.
    mutating func take(_ interval: Interval) {
        open.seconds += interval.seconds
        open.work += interval.work
        open.answers += interval.answers
        open.inFlight += interval.inFlight
        guard open.seconds >= Self.lesson else { return }
        moments.take(
            utilisation: open.work / open.seconds,
            answers: open.answers / open.seconds,
            inFlight: open.inFlight / open.seconds
        )
        open = Interval()
    }
}
