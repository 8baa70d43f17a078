// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How an endpoint's utilisation goes with this balancer's own requests: means and variances over seconds, of which those
/// of the last twenty count.
package struct LoadMoments: Sendable {
    /// The most seconds that count; from then on older ones weigh less and less.
    private static let memory = 20.0

    /// How many seconds are in them.
    package var seconds = 0.0
    /// The utilisation, in the mean.
    package var utilisation = 0.0
    /// This balancer's requests answered in a second, in the mean.
    package var answers = 0.0
    /// Its requests in flight, in the mean.
    package var inFlight = 0.0
    package var utilisationVariance = 0.0
    package var answersVariance = 0.0
    package var inFlightVariance = 0.0
    /// How answers vary with the utilisation.
    package var answersCovariance = 0.0
    /// How requests in flight vary with the utilisation.
    package var inFlightCovariance = 0.0

    /// The work of an answered request if all utilisation is this balancer's: utilisation times seconds; 0 if not known.
    package var work: Double { answers > 0 ? utilisation / answers : 0 }

    /// How many answers are in them.
    var evidence: Double { answers * seconds }

    /// How far the work of single requests lies from the mean, as a variance that explains how seconds differ.
    var scatter: Double {
        guard answers > 0 else { return 0 }
        let work = work
        return max(0, utilisationVariance - 2 * work * answersCovariance + work * work * answersVariance) / answers
    }

    /// How much of the utilisation's variance goes with own requests, by those answered or by those in flight: 0 to 1.
    ///
    /// Both, because answers say nothing where few requests are most of the work, and requests in flight say nothing
    /// where they wait.
    var explained: Double {
        func share(_ covariance: Double, _ variance: Double) -> Double {
            let both = variance * utilisationVariance
            return both > 0 ? covariance * covariance / both : 0
        }
        return max(share(answersCovariance, answersVariance), share(inFlightCovariance, inFlightVariance))
    }

    /// Takes in the means of about a second.
    mutating func take(utilisation: Double, answers: Double, inFlight: Double) {
        seconds = min(seconds + 1, Self.memory)
        let weight = 1 / seconds
        let (byUtilisation, byAnswers, byInFlight) = (
            utilisation - self.utilisation, answers - self.answers, inFlight - self.inFlight
        )
        func add(_ product: Double, to moment: inout Double) { moment += weight * ((1 - weight) * product - moment) }
        add(byUtilisation * byUtilisation, to: &utilisationVariance)
        add(byAnswers * byAnswers, to: &answersVariance)
        add(byInFlight * byInFlight, to: &inFlightVariance)
        add(byAnswers * byUtilisation, to: &answersCovariance)
        add(byInFlight * byUtilisation, to: &inFlightCovariance)
        self.utilisation += weight * byUtilisation
        self.answers += weight * byAnswers
        self.inFlight += weight * byInFlight
    }

    /// Adds those of another endpoint, for sums over all.
    static func += (sum: inout LoadMoments, other: LoadMoments) {
        sum.utilisation += other.utilisation
        sum.answers += other.answers
        sum.inFlight += other.inFlight
        sum.utilisationVariance += other.utilisationVariance
        sum.answersVariance += other.answersVariance
        sum.inFlightVariance += other.inFlightVariance
        sum.answersCovariance += other.answersCovariance
        sum.inFlightCovariance += other.inFlightCovariance
    }
}
