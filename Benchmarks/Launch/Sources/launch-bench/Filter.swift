// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Subprocess
import SystemPackage

/// Where the floor's seccomp filter comes from: a process that a contender started, as the kernel keeps it.
struct Filter {
    let workspace: Workspace
    let programs: Programs

    /// The filter that ContainerKit gives its containers.
    ///
    /// - Returns: A file of `struct sock_filter`.
    func ofContainerKit() async throws -> FilePath {
        let file = workspace.directory.appending("containerkit.bpf")
        let result = try await run(
            .path(programs.contain),
            arguments: ["--root", workspace.root.string, "--hold"],
            input: .inputWriter,
            output: .sequence,
            error: .string(limit: 1 << 20)
        ) { execution in
            // It prints the process's number, and kills the container once its input ends.
            for try await line in execution.standardOutput.strings() {
                try await save(of: line, to: file)
                break
            }
            try await execution.standardInputWriter.finish()
        }
        guard result.terminationStatus.isSuccess else {
            throw BenchError("ContainerKit's container could not be held: \(result.standardError)")
        }
        return file
    }

    /// The filter that crun gives its containers for the same profile.
    func ofCrun() async throws -> FilePath {
        let file = workspace.directory.appending("crun.bpf")
        let number = workspace.directory.appending("crun.pid")
        let bundle = try workspace.makeBundle("bench-wait", program: "/bin/wait")
        let crun = OCIRuntime(name: "crun", workspace: workspace, programs: programs)
        let start = ["run", "--detach", "--pid-file", number.string, "--bundle", bundle.string, "bench-wait"]
        try await Command(crun.spawned(start)).output()
        do {
            try await save(of: Command(["cat", number.string]).output(), to: file)
        } catch {
            _ = try? await Command(crun.spawned(["delete", "--force", "bench-wait"])).output()
            throw error
        }
        try await Command(crun.spawned(["delete", "--force", "bench-wait"])).output()
        return file
    }

    private func save(of line: String, to file: FilePath) async throws {
        let number = String(line.prefix { $0.isNumber })
        try workspace.write(await Command([programs.filterOf.string, number]).bytes(), to: file)
    }
}
