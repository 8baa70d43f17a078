// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ContainerNetwork
import Glibc
import ImageStore
import SystemPackage
import Testing
import VolumeStore

@testable import Nestbox

@Suite("Containers with users of their own", .runsContainers)
struct OwnUsersOfContainersTests {
    private func mapped(_ name: String, _ script: String) throws -> ContainerSpecification {
        var specification = ContainerSpecification(image: "box", name: name, command: ["sh", "-c", script])
        specification.userNamespace = .automatic
        specification.volumes = [try VolumeAttachment("shared:/data")]
        return specification
    }

    private func owner(of path: FilePath) throws -> [UInt32] {
        var status = stat()
        try #require(stat(path.string, &status) == 0, "\(path)")
        return [status.st_uid, status.st_gid]
    }

    /// Runs a script in a running container, and gives its output.
    private func run(_ script: String, in name: String, as user: String? = nil, _ nestbox: Nestbox) async throws
        -> String
    {
        var options = ExecutionOptions(["sh", "-c", script])
        options.user = user
        let process = try await nestbox.execute(options, in: name)
        var bytes: [UInt8] = []
        for try await chunk in process.standardOutput { bytes += chunk }
        _ = try await process.wait()
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("root inside is nobody outside, and what it writes to a volume is root's on the disk and for others")
    func volume() async throws {
        try await withNestbox { nestbox in
            let specification = try mapped("main", "sleep 1000")
            try await nestbox.withContainer(specification) { container in
                let users = try #require(container.record.users)
                #expect(users.count == 65_536 && users.firstUser >= 0x7000_0000)
                let seen = try await run(
                    "id -u; tr -s ' ' </proc/self/uid_map; stat -c %u:%g /data/seed /bin/busybox; touch /data/new /new",
                    in: "main",
                    nestbox
                )
                #expect(seen == "0\n 0 \(users.firstUser) 65536\n0:0\n0:0\n")
                let process = try #require(container.record.state.processIdentifier)
                #expect(try owner(of: FilePath("/proc/\(process)/root")) == [users.firstUser, users.firstGroup])
                #expect(try owner(of: FilePath("/proc/\(process)")) == [users.firstUser, users.firstGroup])
                let place = FilePath(try #require(container.record.mounts.first).source)
                #expect(try owner(of: place.appending("new")) == [0, 0])
                #expect(try owner(of: nestbox.layout.container(container.identifier).upper.appending("new")) == [0, 0])
                // A container of the host's users, and one of others still, have the same volume at the same time.
                let common = try await nestbox.finish("stat -c %u /data/new /data/seed; echo 1 > /data/common") {
                    $0.volumes = specification.volumes
                }
                #expect(common.output == "0\n0\n")
                let other = try await nestbox.finish(
                    "cat /proc/self/uid_map; stat -c %u /data/new; echo 2 >> /data/common"
                ) {
                    $0.volumes = specification.volumes
                    $0.userNamespace = .automatic
                }
                #expect(other.output.split(separator: "\n").last == "0")
                #expect(!other.output.contains("\(users.firstUser)"), "\(other.output)")
                #expect(try await run("cat /data/common", in: "main", nestbox) == "1\n2\n")
            }
        }
    }

    @Test("a directory of the host keeps its owners, and users of the image are themselves")
    func bind() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("host\n", to: "file")
        chown(directory.path.appending("file").string, 1000, 1001)
        chmod(directory.path.string, 0o777)
        try await withNestbox { nestbox in
            let script = "stat -c %u:%g /host/file; echo more >> /host/file; touch /host/mine; stat -c %u:%g /host/mine"
            let (status, output) = try await nestbox.finish(script) {
                $0.userNamespace = .automatic
                $0.user = "alice"
                $0.volumes = [try VolumeAttachment("\(directory.path):/host")]
            }
            #expect(status == .exited(0))
            #expect(output == "1000:1001\n1000:1000\n")
            #expect(try owner(of: directory.path.appending("mine")) == [1000, 1000])
            #expect(try Shell.text(of: directory.path.appending("file")) == "host\nmore\n")
        }
    }

    @Test("its network is its own: it may be changed from inside, and leads to the world as any")
    func network() async throws {
        try await withNestbox { nestbox in
            var specification = try mapped("web", "ip address add 192.0.2.7/32 dev lo && httpd -f -p 80 -h /www")
            specification.security.addedCapabilities = ["NET_ADMIN"]
            specification.ports = try PortMapping.parse("127.0.0.1:0:80")
            try await nestbox.withContainer(specification) { container in
                let name = try await nestbox.finish("until fetch web /cgi-bin/who; do sleep 0.05; done")
                #expect(name.output == "\(container.identifier.prefix(12))\n")
                #expect(try await run("fetch 192.0.2.7 /cgi-bin/who", in: "web", nestbox) == name.output)
                let port = try #require(container.record.ports.first?.hostPort)
                #expect(try await WebClient.get("/cgi-bin/who", port: port) + "\n" == name.output)
            }
            var alone = try mapped("alone", "ls /sys/class/net; cat /etc/hostname")
            alone.isRemovedAtEnd = true
            alone.network.mode = .none
            #expect(try await nestbox.finish(alone).output.hasPrefix("lo\n"))
            var host = try mapped("guest", "id -u; readlink /proc/self/ns/net")
            host.isRemovedAtEnd = true
            host.network.mode = .host
            let own = try FilePath("/proc/self/ns/net").resolvingLink()
            #expect(try await nestbox.finish(host).output == "0\n\(own)\n")
        }
    }

    @Test("copies, the image made of it and its differences have the owners that it sees")
    func files() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("host\n", to: "file")
        let file = directory.path.appending("file")
        chown(file.string, 1000, 1000)
        try await withNestbox { nestbox in
            let script = "mkdir /d; touch /d/mine; until test -e /end; do sleep 0.01; done"
            let container = try await nestbox.launch(try mapped("main", script))
            async let served: Void = container.run()
            let upper = nestbox.layout.container(container.identifier).upper
            while access(upper.appending("d/mine").string, F_OK) != 0 { try await Task.sleep(for: .milliseconds(2)) }
            for (target, keeps) in [("/d/plain", false), ("/d/kept", true), ("/data/copied", false)] {
                try await nestbox.copy(
                    from: CopyPlace(file.string),
                    to: CopyPlace(target, in: "main"),
                    keepsOwners: keeps
                )
            }
            let seen = try await run("stat -c %u:%g /d/plain /d/kept /data/copied", in: "main", nestbox)
            #expect(seen == "0:0\n1000:1000\n0:0\n")
            #expect(try owner(of: upper.appending("d/plain")) == [0, 0])
            let back = directory.path.appending("back")
            try await nestbox.copy(
                from: CopyPlace("/d/kept", in: "main"),
                to: CopyPlace(back.string),
                keepsOwners: true
            )
            #expect(try owner(of: back) == [1000, 1000])
            #expect(
                try await nestbox.differences("main").map(\.description) == [
                    "A /d", "A /d/kept", "A /d/mine", "A /d/plain",
                ]
            )
            try await nestbox.commit("main", as: ImageReference("made"))
            let made = try await nestbox.finish("stat -c %u /d/kept /d/mine /bin/busybox") { $0.image = "made" }
            #expect(made.output == "1000\n0\n0\n")
            _ = try await run("touch /end", in: "main", nestbox)
            try await served
            // At rest its files are the host's to read, with the same owners.
            let later = directory.path.appending("later")
            try await nestbox.copy(
                from: CopyPlace("/d/kept", in: "main"),
                to: CopyPlace(later.string),
                keepsOwners: true
            )
            #expect(try owner(of: later) == [1000, 1000])
        }
    }

    @Test("it keeps its users when it is started again, and they are free once it is removed")
    func life() async throws {
        try await withNestbox { nestbox in
            let record = try nestbox.create(try mapped("first", "cat /proc/self/uid_map"))
            let second = try nestbox.create(try mapped("second", "true"))
            let users = try #require(record.users)
            #expect(second.users != nil && second.users != users)
            for _ in 0..<2 {
                let collector = OutputCollector()
                let container = try await nestbox.start("first", streams: ContainerStreams(output: collector.take))
                try await container.run()
                #expect(
                    collector.text.split(separator: " ").map { $0.filter(\.isNumber) } == [
                        "0", "\(users.firstUser)", "65536",
                    ]
                )
            }
            #expect(try nestbox.container("first").users == users)
            try await nestbox.remove("first")
            #expect(try nestbox.create(try mapped("third", "true")).users == users)
        }
    }

    @Test("what can't be is refused before anything is there")
    func refused() async throws {
        try await withNestbox { nestbox in
            func message(_ change: (inout ContainerSpecification) throws -> Void) async throws -> String {
                var specification = try mapped("none", "true")
                try change(&specification)
                do {
                    _ = try await nestbox.finish(specification)
                    return "it ran"
                } catch let error as NestboxError {
                    return error.description
                }
            }
            #expect(
                try await message { $0.network.mode = .container("other") }.contains("can't share another's network")
            )
            #expect(try await message { $0.user = "70000" }.contains("user 70000 is not in the map"))
            let bound = try await message { $0.volumes = [try VolumeAttachment("/proc:/host")] }
            #expect(bound.contains("'/proc'") && bound.contains("ID-mapped"), "\(bound)")
            let many = try await message { $0.userNamespace = try .automatic(count: 0x1000_0000) }
            #expect(many.contains("are not left on this host"), "\(many)")
            #expect(try nestbox.containers().isEmpty)
            #expect(try await nestbox.volumes.list().isEmpty)
        }
    }
}

extension FilePath {
    fileprivate func resolvingLink() throws -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(string, &buffer, buffer.count)
        try #require(count > 0)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
