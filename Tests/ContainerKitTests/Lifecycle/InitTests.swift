// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("The optional init", .runsContainers)
struct InitTests {
    private func finish(_ script: String) async throws -> Finished {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell(script)
            configuration.runsInit = true
            return try await runtime.finish(configuration)
        }
    }

    @Test("is process 1, and the program is its child")
    func isFirst() async throws {
        let finished = try await finish("cat /proc/1/comm; echo $$; grep PPid /proc/$$/status")
        #expect(finished.lines == ["nestbox-init", "2", "PPid:\t1"])
    }

    @Test("ends as the program ends", arguments: [0, 1, 77])
    func exitCode(_ code: Int) async throws {
        #expect(try await finish("exit \(code)").status == .exited(code))
    }

    @Test("tells of a signal as shells do")
    func signal() async throws {
        #expect(try await finish("kill -SEGV $$").status == .exited(128 + 11))
    }

    @Test("reaps orphans")
    func reaps() async throws {
        let finished = try await finish("(sleep 0.05 &) ; (sleep 0.05 &) ; sleep 0.3; ps -o stat,comm | grep -c '^Z'")
        #expect(finished.lines == ["0"])
    }

    @Test("passes signals on, so that a program without handlers ends on the stop signal")
    func forwards() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration(["/bin/sleep", "1000"])
            configuration.runsInit = true
            let container = try await runtime.run(configuration)
            #expect(try await container.stop() == .exited(128 + 15))
            try await container.delete()
        }
    }

    @Test("holds no descriptor, also not the program's streams")
    func descriptors() async throws {
        let finished = try await finish("ls /proc/1/fd | wc -l")
        #expect(finished.lines == ["0"])
    }

    @Test("reports a program that is not there")
    func missing() async throws {
        let error = try await launchError { configuration, _ in
            configuration.runsInit = true
            configuration.process.arguments = ["/no/such/program"]
        }
        #expect(error?.code == .executableNotFound)
    }
}
