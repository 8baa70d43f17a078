// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing
import VolumeStore

@Suite("Listing volumes")
struct VolumeListingTests {
    private static func filter(_ change: (inout VolumeFilter) -> Void) -> VolumeFilter {
        var filter = VolumeFilter()
        change(&filter)
        return filter
    }

    @Test(
        "a filter lets the right volumes pass",
        arguments: [
            (filter { _ in }, ["db-1", "db-2", "web"]),
            (filter { $0.names = ["db"] }, ["db-1", "db-2"]),
            (filter { $0.names = ["db-2", "we"] }, ["db-2", "web"]),
            (filter { $0.labels = [.init("tier")] }, ["db-1", "db-2"]),
            (filter { $0.labels = [.init("tier=gold")] }, ["db-1"]),
            (filter { $0.labels = [.init("tier"), .init("app")] }, ["db-1"]),
            (filter { $0.excludedLabels = [.init("tier=gold")] }, ["db-2", "web"]),
            (filter { $0.drivers = ["local"] }, ["db-1", "db-2", "web"]),
            (filter { $0.drivers = ["other"] }, []),
            (filter { $0.isDangling = true }, ["db-1", "db-2"]),
            (filter { $0.isDangling = false }, ["web"]),
            (filter { $0.isAnonymous = true }, []),
        ]
    )
    func filters(filter: VolumeFilter, expected: [String]) async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "web"))
            try await test.store.create(VolumeRequest(name: "db-1", labels: ["tier": "gold", "app": "x"]))
            try await test.store.create(VolumeRequest(name: "db-2", labels: ["tier": ""]))
            _ = try await test.store.mount("web", owner: .test())
            #expect(try await test.store.list(filter).map(\.name) == expected)
        }
    }

    @Test(
        "a filter in Docker's words means what Docker means",
        arguments: [
            (["name=db"], ["db-1", "db-2"]), (["driver=local", "label=tier"], ["db-1", "db-2"]),
            (["label=tier=gold"], ["db-1"]), (["label!=tier=gold"], ["db-2", "web"]),
            (["dangling=true"], ["db-1", "db-2"]), (["dangling=0"], ["web"]), (["anonymous=T"], []),
            (["label=tier", "dangling=1", "name=2"], ["db-2"]), (["container=nobody"], []),
        ]
    )
    func words(words: [String], expected: [String]) async throws {
        var filter = VolumeFilter()
        for word in words { try filter.add(word) }
        try await filters(filter: filter, expected: expected)
    }

    @Test("a filter that makes no sense is refused", arguments: ["name", "name=", "dangling=maybe", "colour=red", ""])
    func nonsense(word: String) async {
        await expectFailure(.invalidFilter) {
            var filter = VolumeFilter()
            try filter.add(word)
        }
    }

    @Test("inspecting tells who has the volume mounted")
    func inspect() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            let mount = try await test.store.mount("vol", owner: .test("box-7"), access: .readOnly)
            let details = try await test.store.inspect("vol")
            #expect(details.leases == [mount.lease])
            #expect(details.leases.first?.owner.id == "box-7")
            #expect(mount.isReadOnly)
            #expect(details.isDataPresent)
        }
    }

    @Test("asking for a volume that is not there says so")
    func missing() async throws {
        try await TemporaryStore.with { test in
            await expectFailure(.notFound) { _ = try await test.store.volume(named: "nosuch") }
            await expectFailure(.notFound) { _ = try await test.store.inspect("nosuch") }
            await expectFailure(.notFound) { try await test.store.remove("nosuch") }
            await expectFailure(.notFound) { _ = try await test.store.mount("nosuch", owner: .test()) }
        }
    }
}
