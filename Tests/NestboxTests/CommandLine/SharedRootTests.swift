// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("One root under several processes of the command-line tool", .runsTool, .runsRegistry)
struct SharedRootTests {
    @Test("pulls, builds, tags, removals and prunes at the same time take nothing from each other")
    func atOnce() async throws {
        let registry = try TestRegistry()
        let tool = try Tool()
        for name in ["one", "two"] {
            try tool.directory.write("FROM box\nRUN echo \(name) > /who\nCMD [\"cat\", \"/who\"]\n", to: "Dockerfile")
            let image = "\(registry.authority)/\(name)"
            #expect(try tool.run("build", "-q", "-t", image, tool.directory.path.string).status == 0)
            #expect(try tool.run("push", "-q", image).status == 0)
            #expect(try tool.run("rmi", image).status == 0)
        }
        try tool.directory.write("FROM box\nARG N\nRUN echo $N > /n\nCMD [\"cat\", \"/n\"]\n", to: "Dockerfile")
        // Each worker checks after each step that what it uses is whole; the first that finds something wrong says what.
        let puller = """
            set -e
            for i in 1 2 3; do
                $NESTBOX pull -q $2/$1 > /dev/null
                $NESTBOX tag $2/$1 own-$1:$i
                $NESTBOX rmi $2/$1 > /dev/null
                [ "$($NESTBOX run --rm --pull never own-$1:$i)" = $1 ]
                $NESTBOX rmi own-$1:$i > /dev/null
            done
            """
        let builder = """
            set -e
            for i in 1 2 3; do
                $NESTBOX build -q -t built:$i --build-arg N=$i $2 > /dev/null
                [ "$($NESTBOX run --rm --pull never built:$i)" = $i ]
                $NESTBOX rmi built:$i > /dev/null
            done
            """
        let pruner = """
            while [ ! -e $2/stop ]; do
                $NESTBOX image prune > /dev/null || exit 1
                $NESTBOX builder prune > /dev/null || exit 1
            done
            """
        let workers = [
            (puller, "one", registry.authority), (puller, "two", registry.authority), (builder, "built", place(tool)),
        ]
        let pruning = try start(tool, pruner, "prune", place(tool))
        let working = try workers.map { try start(tool, $0.0, $0.1, $0.2) }
        let statuses = try await OwnThread.run { working.map { Shell.wait($0) } }
        try tool.directory.write("", to: "stop")
        let pruned = try await OwnThread.run { Shell.wait(pruning) }
        for (status, worker) in zip(statuses + [pruned], workers.map(\.1) + ["prune"]) {
            let said = try Shell.text(of: tool.directory.path.appending("\(worker).log"))
            #expect(status == 0, "\(worker): \(said)")
        }
        #expect(try tool.run("run", "--rm", "box").output == "from the image\n")
        #expect(try tool.run("images", "-q").lines.count == 1)
        #expect(try Shell.run(["ls", "-A", "\(tool.root)/images/partial"]).output.isEmpty)
    }

    private func place(_ tool: Tool) -> String { tool.directory.path.string }

    /// Starts a script; what it says comes into a file of its name.
    private func start(_ tool: Tool, _ script: String, _ name: String, _ argument: String) throws -> pid_t {
        let log = tool.directory.path.appending("\(name).log").string
        return try Shell.start(
            ["sh", "-xc", script, "sh", name, argument],
            environment: ["NESTBOX=\(tool.path)", "NESTBOX_ROOT=\(tool.root)"],
            output: log,
            error: log
        )
    }
}
