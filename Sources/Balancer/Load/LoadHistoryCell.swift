// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A ``LoadHistory`` in words that threads share; who reads or writes holds the lock of the ``ReportCell`` around it.
struct LoadHistoryCell: ~Copyable {
    private let seconds = AtomicDouble()
    private let utilisation = AtomicDouble()
    private let answers = AtomicDouble()
    private let inFlight = AtomicDouble()
    private let utilisationVariance = AtomicDouble()
    private let answersVariance = AtomicDouble()
    private let inFlightVariance = AtomicDouble()
    private let answersCovariance = AtomicDouble()
    private let inFlightCovariance = AtomicDouble()
    private let openSeconds = AtomicDouble()
    private let openWork = AtomicDouble()
    private let openAnswers = AtomicDouble()
    private let openInFlight = AtomicDouble()

    func load() -> LoadHistory {
        LoadHistory(
            moments: LoadMoments(
                seconds: seconds.load(),
                utilisation: utilisation.load(),
                answers: answers.load(),
                inFlight: inFlight.load(),
                utilisationVariance: utilisationVariance.load(),
                answersVariance: answersVariance.load(),
                inFlightVariance: inFlightVariance.load(),
                answersCovariance: answersCovariance.load(),
                inFlightCovariance: inFlightCovariance.load()
            ),
            open: LoadHistory.Interval(
                seconds: openSeconds.load(),
                work: openWork.load(),
                answers: openAnswers.load(),
                inFlight: openInFlight.load()
            )
        )
    }

    func store(_ history: LoadHistory) {
        let moments = history.moments
        seconds.store(moments.seconds)
        utilisation.store(moments.utilisation)
        answers.store(moments.answers)
        inFlight.store(moments.inFlight)
        utilisationVariance.store(moments.utilisationVariance)
        answersVariance.store(moments.answersVariance)
        inFlightVariance.store(moments.inFlightVariance)
        answersCovariance.store(moments.answersCovariance)
        inFlightCovariance.store(moments.inFlightCovariance)
        openSeconds.store(history.open.seconds)
        openWork.store(history.open.work)
        openAnswers.store(history.open.answers)
        openInFlight.store(history.open.inFlight)
    }
}
