// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Stage graph")
struct StageGraphTests {
    private func graph(
        _ text: String,
        target: String? = nil,
        values: [String: String] = [:],
        triggers: [String: [String]] = [:]
    ) throws -> StageGraph {
        try StageGraph(
            Dockerfile(parsing: text),
            arguments: BuildArguments(values: values, target: target),
            triggers: triggers
        )
    }

    private static let diamond = """
        FROM base AS deps
        RUN a
        FROM deps AS left
        RUN b
        FROM deps AS right
        RUN c
        FROM other AS unused
        RUN d
        FROM scratch AS all
        RUN e
        COPY --from=left /x /x
        RUN --mount=from=RIGHT,target=/y f
        COPY --from=busybox:1 /z /z
        """

    @Test("only what the target needs is built")
    func needed() throws {
        let all = try graph(Self.diamond)
        #expect(all.needed == [0, 1, 2, 4])
        #expect(all.skipped == [3])
        #expect(all.images == ["base", "busybox:1"])
        let left = try graph(Self.diamond, target: "LEFT")
        #expect(left.needed == [0, 1])
        #expect(left.images == ["base"])
    }

    @Test("stages that don't need one another share a round")
    func rounds() throws {
        #expect(try graph(Self.diamond).rounds == [[0], [1, 2], [4]])
    }

    @Test("each use of another stage or image is at its instruction")
    func uses() throws {
        let node = try graph(Self.diamond).nodes[4]
        #expect(node.base == .scratch)
        #expect(node.uses.map(\.instruction) == [1, 2, 3])
        #expect(node.uses.map(\.mount) == [nil, 0, nil])
        #expect(node.uses.map(\.origin) == [.stage(1), .stage(2), .image("busybox:1")])
    }

    @Test("a stage can be named by its number in COPY, and an image can't be taken for it")
    func numbers() throws {
        #expect(try graph("FROM a\nFROM b\nCOPY --from=0 x y").nodes[1].dependencies == [0])
        #expect(try graph("FROM a\nFROM b\nRUN --mount=from=0,target=/x y").nodes[1].uses[0].origin == .image("0"))
    }

    @Test("variables in FROM take their global values, and may name a stage")
    func variables() throws {
        let text =
            "ARG kind=dev\nFROM a AS dev\nFROM b AS prod\nFROM $kind AS final\nFROM --platform=$TARGETPLATFORM x:${kind}"
        #expect(try graph(text).nodes[2].base == .stage(0))
        #expect(try graph(text, values: ["kind": "prod"]).nodes[2].base == .stage(1))
        let last = try graph(text, values: ["TARGETPLATFORM": "linux/aarch64"]).nodes[3]
        #expect(last.base == .image("x:dev"))
        #expect(last.platform == "linux/arm64")
    }

    @Test("a stage of the same name as its base begins with the earlier one")
    func sameName() throws {
        #expect(try graph("FROM a AS a\nFROM a AS a\nFROM a").nodes.map(\.base) == [.image("a"), .stage(0), .stage(1)])
    }

    @Test("what a base leaves for its heirs runs first, and only in the first of them")
    func triggers() throws {
        let text =
            "FROM x AS base\nONBUILD COPY --from=tools /t /t\nFROM y AS tools\nFROM base AS heir\nRUN a\nFROM heir"
        let graph = try graph(text)
        #expect(graph.nodes[2].instructions.map(\.text) == ["COPY --from=tools /t /t", "RUN a"])
        #expect(graph.nodes[2].instructions.map(\.isTrigger) == [true, false])
        #expect(graph.nodes[2].dependencies == [0, 1])
        #expect(graph.nodes[3].instructions.isEmpty)
        #expect(graph.needed == [0, 1, 2, 3])
    }

    @Test("the triggers of an image are placed where the stage begins")
    func imageTriggers() throws {
        let graph = try graph("FROM a AS b\nFROM x\nRUN y", triggers: ["x": ["COPY --from=b / /", "ENV A=1"]])
        #expect(graph.nodes[1].dependencies == [0])
        #expect(graph.nodes[1].instructions.count == 3)
        let error = #expect(throws: ImageBuilderError.self) {
            try self.graph("FROM a\nFROM x", triggers: ["x": ["FROM z"]])
        }
        #expect(error?.location?.line == 2)
    }

    @Test(
        "what can't be built is refused at its place",
        arguments: [
            ("FROM a AS a\nCOPY --from=a x y", .invalidStage, 2),
            ("FROM x AS a\nCOPY --from=b x y\nFROM y AS b\nCOPY --from=a x y", .invalidStage, 4),
            ("FROM x AS a\nFROM y AS b\nCOPY --from=c x y\nFROM z AS c\nFROM b", .invalidStage, 3),
            ("FROM x\nCOPY --from=7 x y", .invalidStage, 2), ("FROM x\nCOPY --from=$a x y", .invalidArgument, 2),
            ("FROM $none", .invalidArgument, 1), ("FROM ${none", .expansion, 1),
            ("FROM --platform=$none x", .invalidArgument, 1),
            ("FROM --platform=toaster x", .invalidArgument, 1), ("ARG a=1", .invalidStage, nil),
        ] as [(String, ImageBuilderError.Code, Int?)]
    )
    func refused(text: String, code: ImageBuilderError.Code, line: Int?) {
        let error = #expect(throws: ImageBuilderError.self) { try graph(text) }
        #expect(error?.code == code)
        #expect(error?.location?.line == line)
    }

    @Test("a stage that is used before it stands is no matter where nobody needs it")
    func laterButUnneeded() throws {
        #expect(try graph("FROM x AS a\nCOPY --from=b x y\nFROM y AS b").needed == [1])
    }

    @Test("a target that is not there is named, with what it may mean")
    func unknownTarget() {
        let error = #expect(throws: ImageBuilderError.self) { try graph(Self.diamond, target: "lefft") }
        #expect(
            error?.message == "no such stage: lefft (did you mean left?); there are: all, deps, left, right, unused"
        )
    }
}
