// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerTesting
import Glibc
import SystemPackage
import Testing

/// An image of busybox, and an engine for it, which these tests share.
enum Box {
    static let busybox: String? = ["/bin/busybox", "/usr/bin/busybox"].first { access($0, X_OK) == 0 }

    /// A directory that goes with the process.
    static let directory: FilePath = {
        var template = Array("/tmp/nestbox-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return "/tmp/nestbox-test" }
        atexit { Box.shell("rm -rf --one-file-system '\(Box.directory)'") }
        return FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }()

    static let engine = TestEngine(root: directory.appending("root"))

    static let archive: FilePath = {
        shell(
            """
            set -e; cd '\(directory)'; mkdir -p r/bin r/tmp r/www; cp '\(busybox ?? "")' r/bin/busybox
            for tool in sh httpd sleep echo cat test touch false rm; do ln -s busybox r/bin/$tool; done
            echo hello > r/www/index.html; tar -C r -cf box.tar .
            """
        )
        return directory.appending("box.tar")
    }()

    static let image = TestImage.rootFilesystem(archive: archive, as: "box")

    @discardableResult
    static func shell(_ script: String) -> Bool { system(script) == 0 }
}

extension Trait where Self == ConditionTrait {
    /// Runs real containers: needs root and a static busybox for the root filesystem.
    static var runsBox: Self {
        .enabled(if: geteuid() == 0 && Box.busybox != nil, "needs root and the package busybox-static")
    }
}

extension Trait where Self == ContainerTrait {
    /// A container that runs a shell script.
    static func box(
        _ script: String,
        named key: String? = nil,
        ports: [UInt16] = [],
        readiness: Readiness = .started,
        within timeLimit: Duration = .seconds(60),
        sharing: ContainerTrait.Sharing = .eachTest
    ) -> ContainerTrait {
        .container(
            Box.image,
            named: key,
            command: ["sh", "-c", script],
            ports: ports,
            readiness: readiness,
            within: timeLimit,
            sharing: sharing,
            engine: Box.engine
        )
    }
}

extension ContainerTrait {
    /// Does what the trait does with the test that runs.
    func run(_ body: @Sendable () async throws -> Void) async throws {
        try await provideScope(for: try #require(Test.current), testCase: Test.Case.current, performing: body)
    }
}
