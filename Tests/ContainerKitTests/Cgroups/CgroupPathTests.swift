// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Testing

@Suite("Cgroup paths lead only downwards")
struct CgroupPathTests {
    @Test(
        "a path that leads elsewhere or can't be a group's is refused",
        arguments: [
            "", "/", "..", "a/../b", "../a", "a/..", ".", "a/./b", "a//b", "//a", "a/", "a\nb", "a\u{0}b", "a\tb",
            "tasks", "a/cgroup.procs", "memory.max", "release_agent", String(repeating: "x", count: 256),
        ]
    )
    func refused(text: String) throws {
        let error = try #require(throws: ContainerError.self) { try CgroupPath(text) }
        #expect(error.code == .invalidConfiguration)
    }

    @Test(
        "ordinary names are accepted, with one leading slash or none",
        arguments: ["a", "/a", "a/b", "/kube pods/web.1", "..a", "a..", "containers-é", "memoryhog", "x.scope"]
    )
    func accepted(text: String) throws {
        let path = try CgroupPath(text)
        #expect(path.description == (text.hasPrefix("/") ? String(text.dropFirst()) : text))
    }

    @Test("a name with a slash can't be appended")
    func appending() throws {
        #expect(try CgroupPath.nestbox.appending("web").components == ["nestbox", "web"])
        #expect(throws: ContainerError.self) { try CgroupPath.nestbox.appending("a/b") }
        #expect(throws: ContainerError.self) { try CgroupPath.nestbox.appending("..") }
    }
}
