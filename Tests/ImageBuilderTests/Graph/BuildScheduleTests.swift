// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Build schedule")
struct BuildScheduleTests {
    private static let text = """
        FROM x AS a
        RUN 1
        RUN 2
        FROM y AS b
        RUN 3
        COPY --from=a / /
        FROM z AS unused
        FROM b
        RUN 4
        """

    private func schedule() throws -> BuildSchedule {
        BuildSchedule(try StageGraph(Dockerfile(parsing: Self.text)))
    }

    private func names(_ steps: [BuildSchedule.Step]) -> [String] {
        steps.map { "\($0.stage).\($0.instruction)" }
    }

    @Test("stages run at the same time until one needs the other's files")
    func order() throws {
        var schedule = try schedule()
        var rounds: [[String]] = []
        while !schedule.isFinished {
            let steps = schedule.start()
            try #require(!steps.isEmpty)
            rounds.append(names(steps))
            for step in steps { schedule.finish(step) }
        }
        #expect(rounds == [["0.-1", "1.-1"], ["0.0", "1.0"], ["0.1"], ["1.1"], ["3.-1"], ["3.0"]])
        #expect(schedule.isStuck)
    }

    @Test("a step is started once, and a stage has one at a time")
    func once() throws {
        var schedule = try schedule()
        let first = schedule.start()
        #expect(first.count == 2)
        #expect(schedule.start().isEmpty)
        schedule.finish(first[0])
        schedule.finish(first[0])
        #expect(names(schedule.start()) == ["0.0"])
    }

    @Test("after a failure other stages go on as far as they don't need it")
    func failure() throws {
        var schedule = try schedule()
        var done: [String] = []
        while !schedule.isStuck {
            for step in schedule.start() {
                if step == .init(stage: 0, instruction: 1) {
                    schedule.fail(step)
                } else {
                    schedule.finish(step)
                    done += names([step])
                }
            }
        }
        #expect(done == ["0.-1", "1.-1", "0.0", "1.0"])
        #expect(!schedule.isFinished)
    }
}
