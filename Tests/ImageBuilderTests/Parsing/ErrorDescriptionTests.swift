// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Errors of a Dockerfile")
struct ErrorDescriptionTests {
    private func error(_ text: String) -> ImageBuilderError? {
        #expect(throws: ImageBuilderError.self) { try Dockerfile(parsing: text) }
    }

    @Test("an error shows the file, the line and a caret under what is wrong")
    func caret() {
        #expect(
            error("FROM a\nRUN --mont=type=bind ls\n")?.description == """
                Dockerfile:2:5: unknown flag: --mont (did you mean --mount?)
                 2 | RUN --mont=type=bind ls
                   |     ^~~~~~~~~~~~~~~~
                """
        )
    }

    @Test("the caret stands in the physical line, and under its column after tabs")
    func continuation() {
        let error = error("FROM a\nCOPY a \\\n\t# why not\n\t<<EOF\nEOF\n")
        #expect(
            error?.description == """
                Dockerfile:4:2: COPY can't copy to a here-document
                 4 | \t<<EOF
                   | \t^~~~~
                """
        )
        #expect(error?.location?.lines == 2...5)
    }

    @Test(
        "each mistake has its own code and its own place",
        arguments: [
            ("BOGUS x", .unknownInstruction, 1), ("COPY a", .invalidArgument, 1),
            ("COPY --from a b c", .invalidFlag, 6),
            ("COPY --link=maybe a b", .invalidFlag, 6), ("COPY --chown=a --chown=b a b", .invalidFlag, 16),
            ("RUN --network=fake x", .invalidFlag, 5), ("RUN --security=none x", .invalidFlag, 5),
            ("RUN --mount=from=$x,target=/x y", .invalidFlag, 5), ("RUN --mount=a\\\"b x", .invalidFlag, 5),
            ("RUN --device=a,b=c,d x", .invalidFlag, 5), ("HEALTHCHECK", .invalidArgument, 1),
            ("HEALTHCHECK CMD", .invalidArgument, 13), ("HEALTHCHECK NONE x", .invalidArgument, 18),
            ("HEALTHCHECK --interval=5 CMD x", .invalidFlag, 13), ("HEALTHCHECK --timeout=1us CMD x", .invalidFlag, 13),
            ("HEALTHCHECK --retries=-1 CMD x", .invalidFlag, 13), ("SHELL bash -c", .invalidArgument, 1),
            ("SHELL []", .invalidArgument, 1), ("ONBUILD", .invalidArgument, 1),
            ("ONBUILD FROM x", .invalidArgument, 9),
            ("ONBUILD ONBUILD RUN x", .invalidArgument, 9), ("VOLUME [\"\"]", .invalidArgument, 8),
            ("USER", .invalidArgument, 1), ("ARG =x", .invalidArgument, 5), ("ENV =x", .invalidArgument, 5),
            ("ENV", .invalidArgument, 1), ("EXPOSE", .invalidArgument, 1), ("WORKDIR --x /y", .invalidFlag, 9),
            ("FROM a b", .invalidArgument, 8), ("FROM a AS 1b", .invalidArgument, 11),
            ("FROM --x=y a", .invalidFlag, 6),
        ] as [(String, ImageBuilderError.Code, Int)]
    )
    func codes(line: String, code: ImageBuilderError.Code, column: Int) {
        let error = error("FROM a\n\(line)\n")
        #expect(error?.code == code)
        #expect(error?.location?.line == 2)
        #expect(error?.location?.column == column)
    }

    @Test("nothing but ARG may stand before the first stage")
    func beforeFirstStage() throws {
        #expect(error("RUN x\nFROM a")?.code == .invalidStage)
        #expect(try Dockerfile(parsing: "ARG a=1\nFROM x").globalArguments.count == 1)
    }
}
