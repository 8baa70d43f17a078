// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Hooks", .runsContainers)
struct HookTests {
    /// A hook that appends what `script` prints to a file.
    private func hook(_ script: String, _ file: FilePath, timeout: Duration? = nil) -> Hook {
        Hook(
            "/bin/sh",
            arguments: ["sh", "-c", "(\(script)) >> \(file)"],
            environment: ["PATH=/usr/bin:/bin"],
            timeout: timeout
        )
    }

    @Test("of all six kinds run in order, each with the state that is due")
    func order() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let log = rootFilesystem.directory.appending("log")
            let status = "sed 's/.*\"status\":\"\\([a-z]*\\)\".*/\\1/'"
            var configuration = rootFilesystem.shell("cat /tmp/log")
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            for name in ["proc", "sys", "dev"] { try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"]) }
            configuration.annotations = ["org.nestbox.note": "a \"quoted\" note"]
            configuration.hooks.prestart = [hook("echo prestart; \(status); echo", log)]
            configuration.hooks.createRuntime = [hook("echo createRuntime; \(status); echo", log)]
            configuration.hooks.createContainer = [hook("echo createContainer; \(status); echo", log)]
            configuration.hooks.startContainer = [
                Hook(
                    "/bin/sh",
                    arguments: ["sh", "-c", "(echo startContainer; cat; echo) > /tmp/log"],
                    environment: ["PATH=/bin"]
                )
            ]
            configuration.hooks.poststart = [hook("echo poststart; \(status); echo", log)]
            configuration.hooks.poststop = [hook("echo poststop; \(status); echo", log)]
            let container = try await runtime.create(configuration)
            let early = try FileDescriptor.text(log).split(whereSeparator: \.isNewline)
            #expect(early == ["prestart", "creating", "createRuntime", "creating", "createContainer", "creating"])
            try await container.start()
            let inside = String(decoding: try await container.standardOutput.collect(upTo: 4096), as: UTF8.self)
            #expect(inside.hasPrefix("startContainer\n"))
            // As the container sees it (runtime.md, "State").
            #expect(inside.contains("\"status\":\"created\"") && inside.contains("\"pid\":1,"))
            #expect(inside.contains("\"org.nestbox.note\":\"a \\\"quoted\\\" note\""))
            try await container.wait()
            try await container.delete()
            let late = try FileDescriptor.text(log).split(whereSeparator: \.isNewline).suffix(4)
            #expect(Array(late) == ["poststart", "running", "poststop", "stopped"])
        }
    }

    @Test("createContainer runs in the container's namespaces, the root filesystem at its place on the host")
    func createContainer() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let log = rootFilesystem.directory.appending("log")
            var configuration = rootFilesystem.shell("cat /tmp/added; readlink /proc/self/ns/mnt")
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            for name in ["proc", "sys", "dev"] { try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"]) }
            configuration.hooks.createContainer = [
                hook(
                    "readlink /proc/self/ns/mnt; echo added > \(rootFilesystem.path)/tmp/added; test -d \(rootFilesystem.path)/proc/1 && echo mounted",
                    log
                )
            ]
            let finished = try await runtime.finish(configuration)
            #expect(finished.lines.first == "added")
            let seen = try FileDescriptor.text(log).split(whereSeparator: \.isNewline).map(String.init)
            #expect(seen == [finished.lines.last, "mounted"])
        }
    }

    @Test("that fail or take too long end the launch, and leave nothing", arguments: ["exit 3", "exec sleep 100"])
    func failures(_ script: String) async throws {
        for place in [\Hooks.prestart, \.createContainer] {
            let error = try await launchError { configuration, rootFilesystem in
                let log = rootFilesystem.directory.appending("log")
                configuration.hooks[keyPath: place] = [self.hook(script, log, timeout: .seconds(1))]
                configuration.rootFilesystem = .directory(rootFilesystem.path)
                for name in ["proc", "sys", "dev"] { try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"]) }
            }
            #expect(error?.code == .hook)
            #expect(error?.operation == "run hook /bin/sh")
        }
        let missing = try await launchError { configuration, _ in
            configuration.hooks.startContainer = [Hook("/no/such/hook")]
        }
        #expect(missing?.code == .hook && missing?.errno == .noSuchFileOrDirectory)
    }
}
