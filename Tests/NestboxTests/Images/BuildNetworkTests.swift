// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageBuilder
import ImageStore
import SystemPackage
import Testing

@testable import Nestbox

@Suite("The network of a build's commands", .runsContainers)
struct BuildNetworkTests {
    /// Builds a Dockerfile without files, and gives what its commands wrote.
    private func build(
        _ nestbox: Nestbox,
        _ text: String,
        _ change: (inout ImageBuilder.Options) -> Void = { _ in }
    ) async throws -> [String] {
        var options = ImageBuilder.Options()
        options.usesCache = false
        change(&options)
        let progress = BuildProgress()
        let ready = options
        async let built = progress.finishing {
            try await nestbox.build(.empty, dockerfile: .text(text), options: ready, progress: progress.handler)
        }
        var lines: [String] = []
        for await event in progress where event.kind == .output { lines.append(event.text) }
        _ = try await built
        return lines
    }

    @Test("is the engine's own: a command has an address there, and reaches containers by name, not the host's links")
    func own() async throws {
        try await withNestbox { nestbox in
            let server = ContainerSpecification(
                image: "box",
                name: "web",
                command: ["httpd", "-f", "-p", "80", "-h", "/www"]
            )
            try await nestbox.withContainer(server) { web in
                let text = """
                    FROM box
                    RUN ls /sys/class/net | tr '\\n' ' '; echo
                    RUN fetch web /cgi-bin/who && grep -c nameserver /etc/resolv.conf
                    """
                let lines = try await build(nestbox, text)
                #expect(lines == ["eth0 lo ", String(web.identifier.prefix(12)), "1"])
                // The build has left: only the server is there.
                #expect(try nestbox.endpoints(of: "bridge").map(\.name) == ["web"])
                #expect(try Directory(nestbox.layout.containers).names == [web.identifier])
            }
        }
    }

    @Test("is nothing but a loopback, or the host's, where that is said")
    func others() async throws {
        try await withNestbox { nestbox in
            let host = try Shell.run(["readlink", "/proc/self/ns/net"]).lines
            let (list, which) = ("RUN ls /sys/class/net", "RUN readlink /proc/self/ns/net")
            let allowed: (inout ImageBuilder.Options) -> Void = { $0.permissions = [.hostNetwork] }
            let none = list.replacing("RUN", with: "RUN --network=none")
            #expect(try await build(nestbox, "FROM box\n\(none)") == ["lo"])
            let shared = which.replacing("RUN", with: "RUN --network=host")
            #expect(try await build(nestbox, "FROM box\n\(shared)", allowed) == host)
            #expect(try await build(nestbox, "FROM box\n\(list)") { $0.network = .none } == ["lo"])
            #expect(try await build(nestbox, "FROM box\n\(which)") { $0.network = .host } == host)
            #expect(try await build(nestbox, "FROM box\n\(which)") != host)
            #expect(try nestbox.endpoints(of: "bridge").isEmpty)
        }
    }

    @Test("stages that run at the same time have one each, and nothing is left of them when a command fails")
    func several() async throws {
        try await withNestbox { nestbox in
            let listen = "RUN httpd -p 80 -h /www && sleep 0.3 && fetch 127.0.0.1 / > /x"
            let text = """
                FROM box AS one
                \(listen)
                FROM box AS two
                \(listen)
                FROM scratch
                COPY --from=one /x /one
                COPY --from=two /x /two
                """
            _ = try await build(nestbox, text)
            await #expect(throws: ImageBuilderError.self) { _ = try await build(nestbox, "FROM box\nRUN false") }
            #expect(try nestbox.endpoints(of: "bridge").isEmpty)
            #expect(try Directory(nestbox.layout.containers).names.isEmpty)
        }
    }
}
