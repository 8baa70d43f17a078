// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

/// What this machine lets tests do; each test that can't run is skipped with the reason.
enum Machine {
    static let isRoot = geteuid() == 0
    static let busybox: String? = ["/bin/busybox", "/usr/bin/busybox"].first { access($0, X_OK) == 0 }

    /// The command-line tool that is tested: what `NESTBOX` names, a release build perhaps, or that beside the tests.
    static let tool: FilePath? = getenv("NESTBOX").map { FilePath(platformString: $0) } ?? toolBesideTests

    /// The command-line tool that was built with the tests, and like them.
    static let toolBesideTests: FilePath? = {
        let candidates = ["/proc/self/exe"] + CommandLine.arguments.filter { $0.contains(".xctest") }
        for candidate in candidates {
            guard let resolved = realpath(candidate, nil) else { continue }
            defer { free(resolved) }
            let path = FilePath(String(cString: resolved)).removingLastComponent().appending("nestbox")
            if access(path.string, X_OK) == 0 { return path }
        }
        return nil
    }()
}

extension Trait where Self == ConditionTrait {
    /// Runs real containers: needs root and a static busybox for the root filesystem.
    static var runsContainers: Self {
        .enabled(
            if: Machine.isRoot && Machine.busybox != nil,
            "needs root and the package busybox-static, to run real containers"
        )
    }

    /// Needs programs of other projects.
    static func needsTools(_ tools: String...) -> Self {
        .enabled(
            if: tools.allSatisfy { (try? Shell.run(["sh", "-c", "command -v \($0)"]).status) == 0 },
            "needs the tools \(tools.joined(separator: ", "))"
        )
    }

    /// Runs the command-line tool, and containers with it.
    static var runsTool: Self {
        .enabled(
            if: Machine.isRoot && Machine.busybox != nil && Machine.tool != nil,
            "needs root, the package busybox-static, and the product nestbox, built beside the tests or named by NESTBOX"
        )
    }
}
