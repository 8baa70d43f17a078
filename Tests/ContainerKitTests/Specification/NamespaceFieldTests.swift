// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Namespaces that are joined, and clocks that are shifted", .runsContainers)
struct NamespaceFieldTests {
    @Test("a time namespace shifts the clocks that count from the start")
    func time() async throws {
        let shifted = try await lines(of: "cut -d. -f1 /proc/uptime") { configuration, _ in
            configuration.namespaces.time = .new
            configuration.namespaces.bootTimeOffset = .seconds(1_000_000)
            configuration.namespaces.monotonicOffset = .milliseconds(-500)
        }
        let seconds = try #require(shifted.first.flatMap { Int($0) })
        #expect(seconds > 1_000_000)
    }

    @Test("a container joins another's processes, names, objects and network", .needsRoot)
    func joins() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let first = try await runtime.run(rootFilesystem.configuration(["/bin/sleep", "1234"]))
            let pid = first.processIdentifier
            let script = """
                for n in pid ipc uts net cgroup; do readlink /proc/self/ns/$n; done
                ps | grep -c '[s]leep 1234'
                """
            var second = rootFilesystem.shell(script)
            second.rootFilesystem = .directory(rootFilesystem.path, isReadOnly: false)
            for name in ["proc", "sys", "dev"] { try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"]) }
            func path(_ kind: String) -> Namespaces.Choice { .join(FilePath("/proc/\(pid)/ns/\(kind)")) }
            second.namespaces.process = path("pid")
            second.namespaces.ipc = path("ipc")
            second.namespaces.uts = path("uts")
            second.namespaces.network = path("net")
            second.namespaces.cgroup = path("cgroup")
            let finished = try await runtime.finish(second)
            var expected: [String] = []
            for kind in ["pid", "ipc", "uts", "net", "cgroup"] {
                var text = [CChar](repeating: 0, count: 64)
                let count = readlink("/proc/\(pid)/ns/\(kind)", &text, 63)
                expected.append(
                    String(decoding: text.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
                )
            }
            #expect(finished.lines == expected + ["1"])
            #expect(finished.status == .exited(0))
            try await first.kill()
            try await first.delete()
        }
    }

    @Test("one that joined another's processes is killed with all it has started", .needsRoot)
    func joinedEnds() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let first = try await runtime.run(rootFilesystem.configuration(["/bin/sleep", "1234"]))
            var second = rootFilesystem.shell("sleep 2000 & sleep 3000")
            second.rootFilesystem = .directory(rootFilesystem.path)
            for name in ["proc", "sys", "dev"] { try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"]) }
            second.namespaces.process = .join(FilePath("/proc/\(first.processIdentifier)/ns/pid"))
            let container = try await runtime.create(second)
            try await container.start()
            #expect(container.state == .running)
            try await container.kill()
            try await container.delete()
            let left = try first.processes()
            #expect(left.count == 1)
            try await first.kill()
            try await first.delete()
        }
    }

    @Test("a container joins another's users, and is root there alone", .needsRoot)
    func users() async throws {
        try await withRuntime { runtime, rootFilesystem in
            for name in ["proc", "sys", "dev"] { try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"]) }
            var first = rootFilesystem.configuration(["/bin/sleep", "1234"])
            first.rootFilesystem = .directory(rootFilesystem.path)
            first.namespaces.user = UserNamespace(mappings: [.init(inside: 0, outside: 200_000, count: 65_536)])
            let holder = try await runtime.run(first)
            var second = rootFilesystem.shell("id -u; cat /proc/self/uid_map | tr -s ' '")
            second.rootFilesystem = .directory(rootFilesystem.path)
            second.namespaces.joinedUser = FilePath("/proc/\(holder.processIdentifier)/ns/user")
            let finished = try await runtime.finish(second)
            #expect(finished.lines == ["0", " 0 200000 65536"])
            try await holder.kill()
            try await holder.delete()
        }
    }
}
