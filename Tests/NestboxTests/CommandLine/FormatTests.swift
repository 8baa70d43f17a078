// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import Testing

@testable import Nestbox

@Suite("What the command-line tool prints as JSON", .runsTool)
struct FormatTests {
    /// The members of each line's object, as far as they are text.
    private func objects(_ finished: Finished) throws -> [[String: String]] {
        #expect(finished.status == 0, "\(finished.error)")
        return try finished.lines.map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
    }

    /// One line, which is JSON.
    private func isOneLine<Value: Decodable>(_ finished: Finished, _ type: Value.Type) throws -> Value {
        #expect(finished.lines.count == 1, "\(finished.output)")
        return try JSONDecoder().decode(type, from: Data(finished.output.utf8))
    }

    private struct Named: Decodable {
        let Name: String?
        let Id: String?
    }

    @Test("ports, one or all")
    func ports() async throws {
        let tool = try Tool()
        let flags = ["-p", "127.0.0.1::80", "-p", "127.0.0.1::53/udp"]
        let run = try await tool.finish(["run", "-d", "--name", "web"] + flags + ["box", "sleep", "100"])
        try #require(run.status == 0, "\(run.error)")
        let all = try objects(try await tool.finish("port", "--format", "json", "web"))
        #expect(all.map { $0["Port"] } == ["80/tcp", "53/udp"])
        #expect(all.allSatisfy { $0["HostIp"] == "127.0.0.1" && Int($0["HostPort"] ?? "") ?? 0 > 0 })
        let one = try objects(try await tool.finish("port", "--format", "json", "web", "53/udp"))
        #expect(one == [all[1]])
    }

    @Test("what there is to know about containers, networks, volumes and images fits in a line")
    func inspection() async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "main", "box")
        try await tool.finish("volume", "create", "data")
        let container = try await tool.finish("inspect", "--format", "json", "main")
        #expect(try isOneLine(container, [Named].self).map(\.Name) == ["/main"])
        #expect(try await tool.finish("inspect", "main").lines.count > 10)
        try await tool.finish("network", "create", "--subnet", "10.231.78.0/24", "own")
        let network = try await tool.finish("network", "inspect", "-f", "json", "own")
        #expect(try isOneLine(network, [Named].self).map(\.Name) == ["own"])
        let volume = try await tool.finish("volume", "inspect", "--format", "json", "data")
        #expect(try isOneLine(volume, [Named].self).map(\.Name) == ["data"])
        let image = try await tool.finish("image", "inspect", "--format", "json", "box")
        #expect(try isOneLine(image, [Named].self).first?.Id?.hasPrefix("sha256:") == true)
    }

    @Test("what was removed")
    func prunes() async throws {
        struct Pruned: Decodable {
            let ContainersDeleted: [String]?
            let NetworksDeleted: [String]?
            let VolumesDeleted: [String]?
            let ImagesDeleted: [[String: String]]?
            let SpaceReclaimed: Int64?
        }
        let tool = try Tool()
        try await tool.finish("network", "create", "--subnet", "10.231.77.0/24", "spare")
        let networks = try await tool.finish("network", "prune", "--format", "json")
        #expect(try isOneLine(networks, Pruned.self).NetworksDeleted == ["spare"])
        try await tool.finish("volume", "create", "spare")
        let volumes = try isOneLine(try await tool.finish("volume", "prune", "-a", "--format", "json"), Pruned.self)
        #expect(volumes.VolumesDeleted == ["spare"])
        #expect(volumes.SpaceReclaimed != nil)
        try await tool.finish("create", "--name", "first", "box")
        let containers = try await tool.finish("container", "prune", "-f", "--format", "json")
        #expect(try isOneLine(containers, Pruned.self).ContainersDeleted == ["first"])
        try await tool.finish("create", "--name", "spare", "box")
        let system = try isOneLine(try await tool.finish("system", "prune", "-f", "--format", "json"), Pruned.self)
        #expect(system.ContainersDeleted == ["spare"])
        let images = try isOneLine(try await tool.finish("image", "prune", "-a", "--format", "json"), Pruned.self)
        #expect(images.ImagesDeleted?.contains { $0["Deleted"] != nil } == true)
        let cache = try isOneLine(try await tool.finish("builder", "prune", "--format", "json"), Pruned.self)
        #expect(cache.SpaceReclaimed != nil)
    }

    private struct InspectedService: Decodable {
        struct Specification: Decodable {
            let Mode: [String: [String: Int]]
            let TaskTemplate: Template
        }

        struct Template: Decodable {
            let ContainerSpec: Program
        }

        struct Program: Decodable {
            let Args: [String]
        }

        let Name: String
        let Spec: Specification
        let Policy: String
        let Replicas: [String: String]
    }

    @Test("what containers have written, what a service is, and the snapshots of volumes")
    func logsServicesAndSnapshots() async throws {
        let tool = try Tool()
        let script = "echo 'a \"b\"'; echo bad >&2; sleep 100"
        try await tool.finish("service", "create", "--name", "web", "box", "sh", "-c", script)
        var lines: [[String: String]] = []
        while lines.count < 2 { lines = try objects(try await tool.finish("logs", "--format", "json", "web.1")) }
        #expect(lines.contains { $0["log"] == "a \"b\"\n" && $0["stream"] == "stdout" && $0["time"] != nil })
        #expect(lines.contains { $0["log"] == "bad\n" && $0["stream"] == "stderr" })
        let inspected = try await tool.finish("service", "inspect", "--format", "json", "web")
        let seen = try #require(try isOneLine(inspected, [InspectedService].self).first)
        #expect(seen.Name == "web" && seen.Spec.Mode == ["Replicated": ["Replicas": 1]] && seen.Policy == "round-robin")
        #expect(seen.Spec.TaskTemplate.ContainerSpec.Args == ["sh", "-c", script])
        #expect(seen.Replicas == ["web.1": "running"])
        let missing = try await tool.finish("service", "inspect", "nosuch")
        #expect(missing.status == 1 && missing.error == "nestbox: no such service: nosuch\n")
        let service = try objects(try await tool.finish("service", "logs", "--format", "json", "web"))
        #expect(service.map { $0["container"] } == ["web.1", "web.1"])
        try await tool.finish("volume", "create", "data")
        try await tool.finish("volume", "snapshot", "data", "first")
        let snapshots = try objects(try await tool.finish("volume", "snapshots", "--format", "json", "data"))
        #expect(snapshots.map { $0["Name"] } == ["first"])
    }
}
