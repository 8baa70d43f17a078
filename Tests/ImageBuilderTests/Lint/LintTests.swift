// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Lint rules")
struct LintTests {
    private func rules(_ text: String, _ change: (inout DockerfileCheck.Options) -> Void = { _ in }) -> [String] {
        var options = DockerfileCheck.Options()
        options.arguments = BuildArguments(
            buildPlatform: BuildPlatform(architecture: "amd64"),
            targetPlatform: BuildPlatform(architecture: "amd64")
        )
        change(&options)
        let check = DockerfileCheck(text, options: options)
        #expect(check.error == nil, "\(text.quoted)")
        return check.warnings.map { "\($0.location.line) \($0.rule)" }
    }

    @Test("a file in good order breaks no rule")
    func clean() {
        let text = """
            # syntax=docker/dockerfile:1
            ARG VERSION=12
            FROM --platform=$BUILDPLATFORM debian:$VERSION AS build
            ARG TARGETARCH
            ENV A=1 B=${A}
            WORKDIR /src
            COPY . .
            RUN make ARCH=$TARGETARCH
            FROM scratch
            COPY --from=build /src/out /out
            EXPOSE 80/tcp
            HEALTHCHECK CMD ["/out", "-c"]
            ENTRYPOINT ["/out"]
            CMD ["-v"]

            """
        #expect(rules(text).isEmpty)
    }

    @Test(
        "each rule is seen where it is broken",
        arguments: [
            ("FROM scratch AS Build\n", ["1 StageNameCasing"]),
            ("FROM scratch as build\n", ["1 FromAsCasing"]),
            ("FROM scratch\nRUN a \\\n\n b\n", ["4 NoEmptyContinuation"]),
            (
                "FROM scratch\nRUN a\nrun b\nCopy a b\n",
                ["3 ConsistentInstructionCasing", "4 ConsistentInstructionCasing"]
            ),
            ("from scratch\nrun a\nCMD [\"a\"]\n", ["3 ConsistentInstructionCasing"]),
            ("FROM scratch AS a\nFROM scratch AS a\n", ["2 DuplicateStageName"]),
            ("FROM scratch AS context\n", ["1 ReservedStageName"]),
            ("FROM scratch\nCMD a\nENTRYPOINT b\n", ["2 JSONArgsRecommended", "3 JSONArgsRecommended"]),
            ("FROM scratch\nSHELL [\"/b\", \"-c\"]\nCMD a\n", []),
            ("FROM scratch\nMAINTAINER me\n", ["2 MaintainerDeprecated"]),
            ("FROM x$VERSIO\n", ["1 UndefinedArgInFrom"]),
            ("ARG v\nFROM x$v\n", []),
            ("FROM scratch\nWORKDIR a\nWORKDIR b\n", ["2 WorkdirRelativePath"]),
            ("FROM scratch AS a\nWORKDIR /a\nFROM a\nWORKDIR b\n", []),
            ("FROM scratch\nENV A=$a B=$PATH\n", ["2 UndefinedVar"]),
            ("FROM scratch\nARG a\nENV A=$a\n", []),
            ("FROM scratch AS x\nARG a\nFROM x\nENV A=$a\n", []),
            ("FROM unknown\nENV A=$a\n", []),
            ("FROM scratch\nCOPY <<E /x\n$a\nE\n", ["2 UndefinedVar"]),
            ("FROM scratch\nCMD [\"a\"]\nCMD [\"b\"]\n", ["2 MultipleInstructionsDisallowed"]),
            ("FROM scratch AS a\nCMD [\"a\"]\nFROM a\nCMD [\"b\"]\n", []),
            ("FROM scratch\nENV a b\nLABEL c d\n", ["2 LegacyKeyValueFormat", "3 LegacyKeyValueFormat"]),
            ("FROM --platform=$TARGETPLATFORM scratch\n", ["1 RedundantTargetPlatform"]),
            ("FROM --platform=linux/arm64 scratch\n", ["1 FromPlatformFlagConstDisallowed"]),
            ("FROM --platform=linux/arm64 scratch AS build-arm64\n", []),
            (
                "FROM scratch\nENV API_KEY=1\nARG Auth\nENV KEYBOARD=1 TOKEN_FILE=/x\n",
                ["2 SecretsUsedInArgOrEnv", "3 SecretsUsedInArgOrEnv"]
            ),
            ("ARG base=x\nFROM $base\n", []),
            ("FROM scratch\nEXPOSE 80/TCP\n", ["2 ExposeProtoCasing"]),
            ("FROM scratch\nEXPOSE 8080:80\n", ["2 ExposeInvalidFormat"]),
            ("# check=experimental=all\n# who?\nFROM scratch AS a\n", ["3 InvalidDefinitionDescription"]),
            ("# who?\nFROM scratch AS a\n", []),
        ] as [(String, [String])]
    )
    func each(text: String, found: [String]) {
        #expect(rules(text) == found)
    }

    @Test("a base image's variables count as set once the image is known")
    func knownImage() {
        let text = "FROM known\nENV A=$JAVA_HOME B=$b\n"
        #expect(rules(text) { $0.images["known"] = StageScope(environment: ["JAVA_HOME=/j"]) } == ["2 UndefinedVar"])
    }

    @Test("the default of a global argument must make a valid image name, whatever the build gives")
    func defaultArguments() {
        let text = "ARG base\nFROM $base\n"
        #expect(rules(text) { $0.arguments.values["base"] = "debian" } == ["2 InvalidDefaultArgInFrom"])
    }

    @Test("copying what the ignore file leaves out is seen, unless an exception may keep it")
    func ignored() throws {
        let text = "FROM scratch AS a\nCOPY src/x .\nADD https://x/src /\nCOPY . /\nCOPY --from=0 src /src\n"
        let some = try IgnoreFile(parsing: "src\n")
        let exception = try IgnoreFile(parsing: "src\n!src/y\n")
        let all = try IgnoreFile(parsing: "*\n")
        let text0 = text.replacing("--from=0", with: "--from=other")
        #expect(rules(text0) { $0.ignoreFile = some } == ["2 CopyIgnoredFile"])
        #expect(rules(text0) { $0.ignoreFile = exception }.isEmpty)
        #expect(rules(text0) { $0.ignoreFile = all } == ["2 CopyIgnoredFile", "4 CopyIgnoredFile"])
    }

    @Test("rules are switched off for the file and for one instruction")
    func skipping() {
        #expect(rules("# check=skip=all\nFROM scratch as A\nMAINTAINER x\n").isEmpty)
        #expect(rules("#check=skip=FromAsCasing,StageNameCasing\nFROM scratch as A\nMAINTAINER x\n").count == 1)
        #expect(rules("FROM scratch\n# check=skip=MaintainerDeprecated\nMAINTAINER x\nMAINTAINER y\n").count == 1)
        #expect(rules("FROM scratch\nMAINTAINER x\n") { $0.settings = LintSettings(skipped: .all) }.isEmpty)
    }

    @Test("warnings become an error where the file says so")
    func errors() {
        let check = DockerfileCheck("# check=error=true\nFROM scratch as a\n")
        #expect(check.error?.code == .lintViolation)
        #expect(check.warnings.count == 1)
        #expect(DockerfileCheck("# check=error=true\nFROM scratch AS a\n").error == nil)
    }

    @Test("a check directive that says nothing known is an error at its line")
    func badDirective() {
        let error = DockerfileCheck("# syntax=x\n# check=skip\nFROM scratch\n").error
        #expect(error?.code == .syntax)
        #expect(error?.location?.line == 2)
    }

    @Test("warnings found before a mistake are kept")
    func warningsBeforeError() {
        let check = DockerfileCheck("FROM scratch as a\nBOGUS\n")
        #expect(check.error?.code == .unknownInstruction)
        #expect(check.warnings.map(\.rule) == [.fromAsCasing])
    }
}
