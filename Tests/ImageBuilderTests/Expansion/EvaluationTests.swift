// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Values in a stage")
struct EvaluationTests {
    private func evaluate(
        _ text: String,
        values: [String: String] = [:],
        scope: StageScope = StageScope()
    ) throws -> (instructions: [Instruction.Kind], scope: StageScope) {
        let dockerfile = try Dockerfile(parsing: text)
        let arguments = BuildArguments(values: values, targetPlatform: BuildPlatform(architecture: "arm64"))
        var evaluator = StageEvaluator(
            escape: dockerfile.escape,
            scope: scope,
            global: try arguments.global(of: dockerfile),
            arguments: arguments
        )
        let kinds = try dockerfile.stages[0].instructions.map { try evaluator.evaluate($0).kind }
        return (kinds, evaluator.scope)
    }

    @Test("the pairs of one ENV do not see one another, those after it do")
    func environment() throws {
        let scope = try evaluate("FROM x\nENV a=hello\nENV a=bye b=$a\nENV c=$a").scope
        #expect(scope.environment["b"] == "hello")
        #expect(scope.environment["c"] == "bye")
    }

    @Test("ARG takes the value given, then its default, then the global value")
    func arguments() throws {
        let text = "ARG g=global\nARG d\nFROM x\nARG g\nARG d=own\nARG given=no\nARG none\nARG TARGETARCH\nARG e=$g-$d"
        let scope = try evaluate(text, values: ["given": "yes"]).scope
        #expect(scope.environment["g"] == "global")
        #expect(scope.environment["d"] == "own")
        #expect(scope.environment["given"] == "yes")
        #expect(scope.environment["none"] == nil)
        #expect(scope.environment["TARGETARCH"] == "arm64")
        #expect(scope.environment["e"] == "global-own")
        #expect(scope.declaredArguments == ["g", "d", "given", "none", "TARGETARCH", "e"])
    }

    @Test("a global argument is unknown in a stage until ARG asks for it")
    func undeclared() throws {
        #expect(try evaluate("ARG g=1\nFROM x\nENV a=[$g]").scope.environment["a"] == "[]")
    }

    @Test("a value given to the build reaches only an ARG that declares it")
    func undeclaredGiven() throws {
        #expect(try evaluate("FROM x\nENV a=[$v]", values: ["v": "1"]).scope.environment["a"] == "[]")
    }

    @Test("a relative working directory is seen from the one before")
    func workingDirectory() throws {
        let scope = StageScope(workingDirectory: "/base")
        let text = "FROM x\nENV d=c\nWORKDIR a\nWORKDIR ../b\nWORKDIR $d/"
        let result = try evaluate(text, scope: scope)
        #expect(result.scope.workingDirectory == "/base/b/c")
        #expect(result.instructions.last == .workdir("/base/b/c"))
        #expect(try evaluate("FROM x\nWORKDIR /../..").scope.workingDirectory == "/")
    }

    @Test("sources, destinations, owners and here-documents are expanded, --from and quoted here-documents are not")
    func copy() throws {
        let text = "FROM x\nENV u=me p=/a\nCOPY --from=$u --chown=$u $p <<A <<'B' ${p}/\n\"$u\" \\$u\nA\n$u\nB"
        guard case .copy(let copy) = try evaluate(text).instructions[1] else { return #expect(Bool(false)) }
        #expect(copy.from == "$u")
        #expect(copy.chown == "me")
        #expect(copy.sources.paths == ["/a"])
        #expect(copy.sources.destination == "/a/")
        #expect(copy.sources.files.map(\.content) == ["\"me\" $u\n", "$u\n"])
    }

    @Test("a command is left to its shell, its mounts are expanded")
    func run() throws {
        let text = "FROM x\nENV t=cache p=/c\nRUN --mount=type=$t,target=$p echo $p"
        guard case .run(let run) = try evaluate(text).instructions[1] else { return #expect(Bool(false)) }
        #expect(run.command.arguments == ["echo $p"])
        #expect(run.mounts.map(\.kind) == [.cache])
        #expect(run.mounts.map(\.target) == ["/c"])
    }

    @Test("EXPOSE splits a variable into ports")
    func expose() throws {
        let result = try evaluate("FROM x\nENV p=\"80 90-91/udp\"\nEXPOSE $p 1")
        #expect(result.instructions[1] == .expose(["80/tcp", "90/udp", "91/udp", "1/tcp"]))
    }

    @Test(
        "a mistake in a value is shown at its place",
        arguments: [
            ("ENV a=\"${b:?must be set}\"", 7, "b: must be set"), ("WORKDIR ${a", 9, "the variable's } is missing"),
            ("RUN --mount=type=${a?x} y", 18, "a: x"), ("VOLUME $none", 8, "a VOLUME path is empty once"),
            ("EXPOSE 1 x", 10, "'x' is no port"), ("RUN --mount=type=no y", 5, "unknown mount type 'no'"),
        ]
    )
    func mistakes(line: String, column: Int, message: String) {
        let error = #expect(throws: ImageBuilderError.self) { try evaluate("FROM x\n\(line)") }
        #expect(error?.message.hasPrefix(message) == true)
        #expect(error?.location?.line == 2)
        #expect(error?.location?.column == column)
    }

    @Test("global arguments see those before them and the predefined ones")
    func globalArguments() throws {
        let dockerfile = try Dockerfile(parsing: "ARG a=1\nARG b=$a-$TARGETSTAGE-${c:-none}\nFROM x AS last")
        let global = try BuildArguments(values: ["a": "2"]).global(of: dockerfile)
        #expect(global["b"] == "2-last-none")
        #expect(try BuildArguments(target: "t").global(of: dockerfile)["TARGETSTAGE"] == "t")
    }
}
