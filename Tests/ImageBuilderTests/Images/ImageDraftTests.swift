// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import Testing

@testable import ImageBuilder

@Suite("Configurations and histories")
struct ImageDraftTests {
    /// Runs the instructions of a stage from scratch without touching files.
    private func draft(_ text: String, arguments: [String: String] = [:]) throws -> ImageDraft {
        let dockerfile = try Dockerfile(parsing: "FROM scratch\n" + text)
        var evaluator = StageEvaluator(
            escape: dockerfile.escape,
            scope: StageScope(),
            global: Environment(),
            arguments: BuildArguments(values: arguments)
        )
        var draft = ImageDraft.scratch(Platform(architecture: "amd64"), epoch: nil)
        for instruction in dockerfile.stages[0].instructions {
            let evaluated = try evaluator.evaluate(instruction)
            draft.apply(evaluated, scope: evaluator.scope)
        }
        return draft
    }

    @Test(
        "each step is noted in BuildKit's words",
        arguments: [
            ("RUN make", "RUN /bin/sh -c make # buildkit", false),
            ("RUN [\"make\", \"-j\"]", "RUN make -j # buildkit", false),
            ("COPY a b /c", "COPY a b /c # buildkit", false),
            (
                "COPY --chmod=755 --chown=1:2 --parents a /c", "COPY --parents --chown=1:2 --chmod=755 a /c # buildkit",
                false
            ),
            ("COPY --link --exclude=x a /c", "COPY a /c # buildkit", false),
            ("COPY <<EOF /c\nx\nEOF", "COPY <<EOF /c # buildkit", false),
            ("ADD https://example.org/x /c", "ADD https://example.org/x /c # buildkit", false),
            ("ENV A=1 B=\"two words\"", "ENV A=1 B=two words", true),
            ("LABEL a=1 b=2", "LABEL a=1 b=2", true),
            ("ARG A=1 B", "ARG A=1 B", true),
            ("WORKDIR /x", "WORKDIR /x", false),
            ("WORKDIR /", "WORKDIR /", true),
            ("USER a:b", "USER a:b", true),
            ("EXPOSE 80 443/udp", "EXPOSE [443/udp 80/tcp]", true),
            ("VOLUME /a /b", "VOLUME [/a /b]", true),
            ("STOPSIGNAL SIGINT", "STOPSIGNAL SIGINT", true),
            ("SHELL [\"/bin/bash\", \"-c\"]", "SHELL [/bin/bash -c]", true),
            ("CMD echo \"hi\"", "CMD [\"/bin/sh\" \"-c\" \"echo \\\"hi\\\"\"]", true),
            ("ENTRYPOINT [\"a\", \"b c\"]", "ENTRYPOINT [\"a\" \"b c\"]", true),
            ("MAINTAINER me <me@example.org>", "MAINTAINER me <me@example.org>", true),
            (
                "HEALTHCHECK --interval=90s --timeout=1500ms --retries=3 CMD curl -f x",
                "HEALTHCHECK {Test:[CMD-SHELL curl -f x] Interval:1m30s Timeout:1.5s StartPeriod:0s StartInterval:0s Retries:3}",
                true
            ),
        ] as [(String, String, Bool)]
    )
    func history(text: String, step: String, isEmpty: Bool) throws {
        let history = try draft(text).history
        #expect(history.map(\.createdBy) == [step])
        #expect(history.first?.comment == "buildkit.dockerfile.v0")
        #expect(history.first?.emptyLayer == (isEmpty ? true : nil))
    }

    @Test("a command's arguments stand before it, each once, with the values that it sees")
    func arguments() throws {
        let draft = try draft("ARG A=1\nARG B\nENV A=2\nARG C\nRUN x", arguments: ["C": "given"])
        #expect(draft.history.last?.createdBy == "RUN |3 A=2 B= C=given /bin/sh -c x # buildkit")
    }

    @Test("what a Dockerfile sets comes to stand where Docker puts it")
    func defaults() throws {
        let defaults = try draft(
            """
            ENV Z=1 A=2 PATH=/bin
            ENV Z=3
            LABEL one=1
            EXPOSE 8080/tcp 53/udp
            VOLUME ["/data"]
            USER app
            WORKDIR /app
            WORKDIR sub
            STOPSIGNAL SIGQUIT
            SHELL ["/bin/ash", "-c"]
            CMD serve
            HEALTHCHECK --start-period=5s CMD ["check"]
            ONBUILD RUN later
            """
        ).defaults
        #expect(defaults.environment == ["PATH=/bin", "Z=3", "A=2"])
        #expect(defaults.labels == ["one": "1"])
        #expect(defaults.exposedPorts == ["8080/tcp", "53/udp"])
        #expect(defaults.volumes == ["/data"])
        #expect(defaults.user == "app")
        #expect(defaults.workingDirectory == "/app/sub")
        #expect(defaults.stopSignal == "SIGQUIT")
        #expect(defaults.command == ["/bin/ash", "-c", "serve"])
        #expect(defaults.healthcheck?.test == ["CMD", "check"])
        #expect(defaults.healthcheck?.startPeriod == 5_000_000_000)
        #expect(defaults.healthcheck?.retries == nil)
        #expect(defaults.onBuild == ["RUN later"])
    }

    @Test("a new entry point drops the command of the base, but not the stage's own")
    func entrypoint() throws {
        #expect(try draft("CMD [\"a\"]\nENTRYPOINT [\"b\"]").defaults.command == ["a"])
        var inherited = ImageDraft(base: try draft("CMD [\"a\"]"))
        #expect(inherited.defaults.command == ["a"])
        let entrypoint = try Dockerfile(parsing: "FROM x\nENTRYPOINT [\"b\"]").stages[0].instructions[0]
        inherited.apply(entrypoint, scope: StageScope())
        #expect(inherited.defaults.command == nil)
    }

    @Test("steps without a layer have the time of the layer before them, or of the first new one")
    func times() throws {
        let digest = Digest(of: [])
        let draft = try draft("ENV A=1\nRUN a\nENV B=1\nRUN b\nENV C=1")
        let configuration = draft.configuration(layers: [(digest, "t1"), (digest, "t2")], labels: ["l": "1"])
        #expect(configuration.history?.map(\.created) == ["t1", "t1", "t1", "t2", "t2"])
        #expect(configuration.created == "t2")
        #expect(configuration.config?.labels == ["l": "1"])
        #expect(configuration.rootfs.diffIDs.count == 2)
    }

    @Test(
        "durations are written as Go does",
        arguments: [
            (0, "0s"), (1, "1ns"), (1_500, "1.5µs"), (250_000_000, "250ms"), (1_500_000_000, "1.5s"),
            (60_000_000_000, "1m0s"), (3_661_000_000_000, "1h1m1s"), (90_500_000_000, "1m30.5s"),
        ]
    )
    func durations(nanoseconds: Int64, text: String) {
        #expect(DurationText.text(nanoseconds: nanoseconds) == text)
    }

    @Test("times are written to the nanosecond where there are any")
    func moments() {
        #expect(Moment(seconds: 1_700_000_000, nanoseconds: 0).description == "2023-11-14T22:13:20Z")
        #expect(Moment(seconds: 0, nanoseconds: 120_000).description == "1970-01-01T00:00:00.00012Z")
    }
}
