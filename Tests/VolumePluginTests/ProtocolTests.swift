// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import SystemPackage
import Testing
import VolumePlugin
import VolumeStore

@Suite("The volume plugin server's protocol", .needs("curl"))
struct ProtocolTests {
    /// Posts a body and returns the answer's status and JSON.
    private func post(_ socket: FilePath, _ call: String, _ body: String = "{}") async throws -> (String, [String: Any])
    {
        let text = try await PluginFixture.run(
            "/usr/bin/curl",
            ["-s", "--unix-socket", socket.string, "-w", "\n%{http_code}", "-d", body, "http://plugin\(call)"]
        )
        let lines = text.split(separator: "\n")
        let json = try JSONSerialization.jsonObject(with: Data((lines.first ?? "").utf8)) as? [String: Any]
        return (String(lines.last ?? ""), try #require(json))
    }

    @Test("each call of the protocol answers as Docker expects")
    func calls() async throws {
        try await PluginFixture.with { test in
            let (status, activation) = try await post(test.socket, "/Plugin.Activate", "")
            #expect(status == "200" && activation["Implements"] as? [String] == ["VolumeDriver"])
            let capabilities =
                try await post(test.socket, "/VolumeDriver.Capabilities").1["Capabilities"] as? [String: String]
            #expect(capabilities == ["Scope": "local"])

            let create = #"{"Name":"vol","Opts":null}"#
            for _ in 0..<2 { #expect(try await post(test.socket, "/VolumeDriver.Create", create).0 == "200") }
            let mountpoint = try await test.store.volume(named: "vol").mountpoint.string
            let got = try await post(test.socket, "/VolumeDriver.Get", #"{"Name":"vol"}"#).1["Volume"] as? [String: Any]
            #expect(got?["Name"] as? String == "vol" && got?["Mountpoint"] as? String == mountpoint)
            #expect((got?["CreatedAt"] as? String)?.hasSuffix("Z") == true)
            let list = try await post(test.socket, "/VolumeDriver.List").1["Volumes"] as? [[String: Any]]
            #expect(list?.count == 1 && list?.first?["Name"] as? String == "vol")
            let path = try await post(test.socket, "/VolumeDriver.Path", #"{"Name":"vol"}"#).1["Mountpoint"] as? String
            #expect(path == mountpoint)

            let mount = #"{"Name":"vol","ID":"box-1"}"#
            for _ in 0..<2 {
                let answer = try await post(test.socket, "/VolumeDriver.Mount", mount).1
                #expect(answer["Mountpoint"] as? String == mountpoint && answer["Err"] as? String == "")
            }
            #expect(try await test.store.inspect("vol").leases.map(\.owner.id) == ["engine:box-1"])
            let refused = try await post(test.socket, "/VolumeDriver.Remove", #"{"Name":"vol"}"#)
            #expect(refused.0 == "500" && (refused.1["Err"] as? String)?.contains("in use") == true)
            for _ in 0..<2 { #expect(try await post(test.socket, "/VolumeDriver.Unmount", mount).0 == "200") }
            #expect(try await post(test.socket, "/VolumeDriver.Remove", #"{"Name":"vol"}"#).0 == "200")
            #expect(try await test.store.list().isEmpty)
        }
    }

    @Test(
        "what is no call of the protocol is refused in words, and the server goes on",
        arguments: [
            ("/VolumeDriver.Nosuch", "{}", "404"), ("/VolumeDriver.Create", "[1]", "400"),
            ("/VolumeDriver.Create", "{\"Name\":", "400"), ("/VolumeDriver.Create", "{}", "500"),
            ("/VolumeDriver.Create", #"{"Name":"../up"}"#, "500"), ("/VolumeDriver.Get", #"{"Name":"nosuch"}"#, "500"),
            ("/VolumeDriver.Mount", #"{"Name":"vol"}"#, "500"),
        ]
    )
    func refused(call: String, body: String, expected: String) async throws {
        try await PluginFixture.with { test in
            let (status, answer) = try await post(test.socket, call, body)
            #expect(status == expected)
            #expect((answer["Err"] as? String)?.isEmpty == false)
            #expect(try await post(test.socket, "/Plugin.Activate").0 == "200")
        }
    }

    @Test("a request that is too long or no POST is refused")
    func limits() async throws {
        try await PluginFixture.with { test in
            let long = test.directory.appending("long")
            try Data(repeating: 0x7b, count: 2 << 20).write(to: URL(fileURLWithPath: long.string))
            let url = "http://plugin/VolumeDriver.Create"
            let socket = ["-s", "--unix-socket", test.socket.string, "-o", "/dev/null", "-w", "%{http_code}"]
            let tooLong = try await PluginFixture.run(
                "/usr/bin/curl",
                socket + ["-H", "Expect:", "--data-binary", "@\(long)", url]
            )
            #expect(tooLong == "413")
            let get = try await PluginFixture.run("/usr/bin/curl", socket + ["-X", "GET", url])
            #expect(get == "405")
        }
    }

    @Test("the socket is its owner's alone, gone at the end, and never taken from a server that lives")
    func socketFile() async throws {
        try await PluginFixture.withDirectory { directory in
            let store = try await VolumeStore.open(directory.appending("store"))
            let socket = directory.appending("nestbox.sock")
            for _ in 0..<2 {
                try await PluginFixture.serving(store, socket) {
                    var status = stat()
                    #expect(lstat(socket.string, &status) == 0 && status.st_mode == S_IFSOCK | 0o600)
                    let names = try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted()
                    #expect(names == ["nestbox.sock", "store"])
                    let error = await #expect(throws: VolumeError.self) {
                        try await PluginFixture.serving(store, socket) {}
                    }
                    #expect(error?.code == .inUse)
                    _ = try await post(socket, "/Plugin.Activate")
                }
                #expect(!PluginFixture.exists(socket))
                // What a server that was killed leaves behind is in nobody's way.
                let script = "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"
                try await PluginFixture.run("/usr/bin/python3", ["-c", script, socket.string])
                #expect(PluginFixture.exists(socket))
            }
        }
    }

    @Test("the directories above the socket are made, as before Docker's first start there are none")
    func socketDirectories() async throws {
        try await PluginFixture.withDirectory { directory in
            let store = try await VolumeStore.open(directory.appending("store"))
            let socket = directory.appending("docker/plugins/nestbox.sock")
            try await PluginFixture.serving(store, socket) {
                _ = try await post(socket, "/Plugin.Activate")
            }
            // A file in the way is named.
            #expect(FileManager.default.createFile(atPath: directory.appending("file").string, contents: nil))
            let blocked = directory.appending("file/plugins/nestbox.sock")
            let error = await #expect(throws: VolumeError.self) { try await PluginFixture.serving(store, blocked) {} }
            #expect(error?.description.contains("\(directory)/file") == true)
        }
    }
}
