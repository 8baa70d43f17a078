// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@Suite("Users of a container's own on the command line", .runsTool)
struct OwnUsersCommandTests {
    @Test("run --userns=auto maps root to a user of the host, also for exec and after a restart, and inspect tells")
    func automatic() async throws {
        let tool = try Tool()
        let map = ["awk", "{ print $1, $2, $3 }", "/proc/self/uid_map"]
        let started = try await tool.finish(
            ["run", "-d", "--name", "mapped", "--userns=auto", "-v", "kept:/data", "box", "sleep", "1000"]
        )
        #expect(started.status == 0, "\(started.error)")
        let first = try await tool.finish(["exec", "mapped"] + map).output
        let fields = first.split(whereSeparator: \.isWhitespace)
        #expect(fields.count == 3 && fields.first == "0" && fields.last == "65536", "\(first)")
        let inspected = try await tool.finish("inspect", "mapped").output
        #expect(inspected.contains("\"UsernsMode\" : \"auto\""))
        #expect(inspected.contains("\"0:\(fields[1]):65536\""))
        #expect(try await tool.finish("exec", "mapped", "touch", "/data/file").status == 0)
        #expect(try await tool.finish("restart", "-t", "0", "mapped").status == 0)
        #expect(try await tool.finish(["exec", "mapped"] + map).output == first)
        let other = try await tool.finish(["run", "--rm", "--userns=auto:size=5000", "box"] + map)
        #expect(other.output.hasSuffix(" 5000\n") && !other.output.contains(fields[1]), "\(other.output)")
        let plain = try await tool.finish("run", "--rm", "-v", "kept:/data", "box", "stat", "-c", "%u:%g", "/data/file")
        #expect(plain.output == "0:0\n")
        #expect(try await tool.finish(["run", "--rm", "--userns=host", "box"] + map).output == "0 0 4294967295\n")
        #expect(try await tool.finish("run", "--rm", "--userns=auto", "box", "nosuch").status == 127)
        let refused = try await tool.finish("run", "--rm", "--userns=keep-id", "box", "true")
        #expect(refused.status == 125 && refused.error.contains("say host, auto"), "\(refused.error)")
    }
}
