// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import Testing

@testable import Nestbox

@Suite("Health as a state")
struct HealthStateTests {
    private let started = Moment(nanoseconds: 1_000_000_000_000)

    private func probe(_ code: Int, after seconds: Int64) -> HealthState.Probe {
        let moment = Moment(nanoseconds: started.nanoseconds + seconds * 1_000_000_000)
        return HealthState.Probe(start: moment, end: moment, exitCode: code, output: "")
    }

    @Test("a container is unhealthy after so many failures in a row, and healthy after one success")
    func streaks() {
        var check = HealthCheck(["true"])
        check.retries = 2
        var state = HealthState()
        #expect(state.take(probe(1, after: 1), check, started: started) == false)
        #expect(state.take(probe(1, after: 2), check, started: started) == true)
        #expect(state.status == .unhealthy)
        #expect(state.take(probe(0, after: 3), check, started: started) == true)
        #expect(state.status == .healthy)
        #expect(state.failingStreak == 0)
        _ = state.take(probe(1, after: 4), check, started: started)
        #expect(state.status == .healthy)
    }

    @Test("failures in the start period don't count, but a success ends it")
    func startPeriod() {
        var check = HealthCheck(["true"])
        check.retries = 1
        check.startPeriod = 10_000_000_000
        var state = HealthState()
        #expect(state.pause(check, started: started, now: started) == .seconds(5))
        for second in 1..<5 { _ = state.take(probe(1, after: Int64(second)), check, started: started) }
        #expect(state.status == .starting)
        _ = state.take(probe(0, after: 5), check, started: started)
        #expect(state.pause(check, started: started, now: started) == .seconds(30))
        _ = state.take(probe(1, after: 6), check, started: started)
        #expect(state.status == .unhealthy)
    }

    @Test("only the last checks are kept")
    func kept() {
        var state = HealthState()
        for second in 0..<20 {
            _ = state.take(probe(second, after: Int64(second)), HealthCheck(["x"]), started: started)
        }
        #expect(state.probes.map(\.exitCode) == [15, 16, 17, 18, 19])
        #expect(throws: Never.self) { try roundTrip(state) }
    }

    @Test("an image's check is taken as Docker takes it")
    func image() throws {
        var image = ImageConfiguration.Defaults.Healthcheck(test: ["CMD-SHELL", "wget -q localhost"])
        image.interval = 5_000_000_000
        let check = try #require(HealthCheck(image))
        #expect(check.command == ["/bin/sh", "-c", "wget -q localhost"])
        #expect(check.interval == 5_000_000_000)
        #expect(HealthCheck(.init(test: ["NONE"])) == HealthCheck.none)
        #expect(HealthCheck(.init(test: ["CMD", "a", "b"]))?.command == ["a", "b"])
        #expect(HealthCheck(nil) == nil)
    }
}
