// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerTesting
import Glibc
import SystemPackage
import Testing

/// A test that fails, for ``FailureTests``: it has no argument, and is none, where that does not ask for it.
@Suite("A deliberate failure", .runsBox)
struct DeliberateFailure {
    static let variable = "NESTBOX_TESTING_FAILS"
    static let arguments = getenv(variable) == nil ? [] : ["expectation", "error", "passes"]

    private struct Failure: Error {}

    @Test(
        "is recorded",
        .enabled(if: !arguments.isEmpty, "fails on purpose, in a run of its own that another test starts"),
        .box("echo this is the log; exec sleep 1000", named: "box", readiness: .log("log")),
        arguments: arguments
    )
    func fails(_ kind: String) throws {
        print("container \(try TestContainer.current.identifier)")
        switch kind {
        case "expectation": #expect(kind == "")
        case "error": throw Failure()
        default: break
        }
    }
}

@Suite("A test that fails", .runsBox)
struct FailureTests {
    @Test("gets what its container wrote attached, one that passes does not, and nothing is left of either")
    func attaches() throws {
        let directory = Box.directory.appending("attachments")
        let log = Box.directory.appending("failing.log")
        #expect(mkdir(directory.string, 0o700) == 0)
        let isSuccess = Box.shell(
            """
            \(DeliberateFailure.variable)=1 /proc/\(getpid())/exe --testing-library swift-testing \
            --filter ContainerTestingTests.DeliberateFailure --attachments-path '\(directory)' > '\(log)' 2>&1
            """
        )
        #expect(!isSuccess, "the failing tests failed")
        #expect(Box.shell("test $(grep -c '^container [0-9a-f]' '\(log)') = 3"), "all three were run")
        #expect(Box.shell("test $(ls '\(directory)' | grep -c '^box.*\\.log$') = 2"), "two logs were attached")
        #expect(Box.shell("test $(cat '\(directory)'/*.log | grep -c '^this is the log$') = 2"))
        #expect(Box.shell("! grep -rl 'this is the l[o]g' /proc/[0-9]*/cmdline"), "no program is left")
    }
}
