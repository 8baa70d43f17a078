// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import ImageStore
import SystemPackage
import Testing

@Suite("Builds that fail", .runsBuilds)
struct FailureTests {
    @Test("a command that fails is named with its line and code, and the steps before it are not done again")
    func command() async throws {
        try await BuildFixture.with { fixture in
            let text = "FROM base\nRUN echo one > /one\n\nRUN echo hopeless; exit 3"
            let error = await #expect(throws: ImageBuilderError.self) { try await fixture.build(text) }
            #expect(error?.code == .commandFailed)
            #expect(error?.exitCode == 3)
            #expect(error?.location?.line == 4)
            #expect(error?.description.contains("^~~~") == true)
            #expect(fixture.output == ["hopeless"])
            let fixed = try await fixture.build(text.replacingLast("exit 3", "true"))
            #expect(fixed.cachedStepCount == 1)
        }
    }

    @Test(
        "what can't be done is refused where it stands",
        arguments: [
            ("FROM base\nCOPY missing /x", ImageBuilderError.Code.sourceNotFound, 2),
            ("FROM base\nCOPY ignored.txt /x", .sourceNotFound, 2),
            ("FROM base\nRUN echo\nCOPY --chown=nobody-here file /x", .unknownUser, 3),
            ("FROM base\nCOPY --chmod=99 file /x", .invalidFlag, 2),
            ("FROM base\nCOPY --chmod=z+r file /x", .invalidFlag, 2),
            ("FROM base\nCOPY file /etc/passwd/", .invalidDestination, 2),
            ("FROM base\nCOPY dir /etc/passwd", .invalidDestination, 2),
            ("FROM base\nRUN --network=host true", .notAllowed, 2),
            ("FROM base\nRUN --security=insecure true", .notAllowed, 2),
            ("FROM base\nRUN --mount=type=secret,id=none,required=true true", .missingSecret, 2),
            ("FROM base\nRUN --mount=type=ssh,required=true true", .missingSecret, 2),
            ("FROM base\nRUN --mount=type=bind,source=nothing,target=/x true", .sourceNotFound, 2),
            ("FROM nowhere.invalid/image", .image, 1),
            ("FROM base\nADD https://example.org/file /x", .unsupported, 2),
            ("FROM base\nADD git@example.org:repository.git /x", .unsupported, 2),
            ("FROM base\nCOPY https://example.org/file /x", .invalidArgument, 2),
            ("FROM base\nRUN [\"/no/such/program\"]", .commandNotStarted, 2),
            ("FROM base\nUSER nobody-here\nRUN true", .commandNotStarted, 3),
        ] as [(String, ImageBuilderError.Code, Int)]
    )
    func refused(text: String, code: ImageBuilderError.Code, line: Int) async throws {
        try await BuildFixture.with { fixture in
            let files = ["file": "x", "dir/a": "y", "ignored.txt": "z", ".dockerignore": "ignored.txt\n"]
            let error = await #expect(throws: ImageBuilderError.self) { try await fixture.build(text, files) }
            #expect(error?.code == code)
            #expect(error?.location?.line == line)
        }
    }

    @Test("a secret whose file is not there is named")
    func secretFile() async throws {
        try await BuildFixture.with { fixture in
            let error = await #expect(throws: ImageBuilderError.self) {
                try await fixture.build("FROM base\nRUN --mount=type=secret,id=key true") {
                    $0.secrets["key"] = .file("/no/such/key")
                }
            }
            #expect(error?.code == .missingSecret && error?.location?.line == 2)
            let beginning = "the secret 'key' can't be read: open '/no/such/key' failed with ENOENT"
            #expect(error?.message.hasPrefix(beginning) == true)
        }
    }

    @Test("a cancelled build ends its command and leaves nothing")
    func cancelled() async throws {
        try await BuildFixture.with { fixture in
            let progress = BuildProgress()
            let context = try fixture.context([:])
            let builder = fixture.builder
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    _ = try? await progress.finishing {
                        try await builder.build(
                            context,
                            dockerfile: .text("FROM base\nRUN echo ready; sleep 600"),
                            progress: progress.handler
                        )
                    }
                }
                for await event in progress where event.kind == .output { tasks.cancelAll() }
            }
        }
    }

    @Test("the first failure ends the commands of other stages")
    func firstFailure() async throws {
        try await BuildFixture.with { fixture in
            let error = await #expect(throws: ImageBuilderError.self) {
                try await fixture.build(
                    """
                    FROM base AS slow
                    RUN sleep 600
                    FROM base AS bad
                    RUN exit 7
                    FROM scratch
                    COPY --from=slow / /
                    COPY --from=bad / /
                    """
                )
            }
            #expect(error?.exitCode == 7)
        }
    }
}

extension String {
    fileprivate func replacingLast(_ text: String, _ other: String) -> String {
        hasSuffix(text) ? String(dropLast(text.count)) + other : self
    }
}
