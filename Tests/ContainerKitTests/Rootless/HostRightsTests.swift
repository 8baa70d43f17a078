// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@testable import ContainerKit

@Suite("What a process without root may do")
struct HostRightsTests {
    private let mappers = HostRights.Mappers(users: "/usr/bin/newuidmap", groups: "/usr/bin/newgidmap")
    private let range = SubordinateRanges([.init(first: 100_000, count: 65_536)])

    private func rights(hasRange: Bool) -> HostRights {
        HostRights(
            user: 1000,
            group: 1001,
            maySetUp: false,
            users: hasRange ? range : SubordinateRanges(),
            groups: hasRange ? range : SubordinateRanges(),
            mappers: mappers
        )
    }

    private func configuration(_ change: (inout ContainerConfiguration) -> Void = { _ in }) -> ContainerConfiguration {
        var configuration = ContainerConfiguration(
            rootFilesystem: .directory("/srv"),
            process: ProcessConfiguration(["/bin/true"])
        )
        change(&configuration)
        return configuration
    }

    @Test("ranges are read by name or number, and what is malformed is passed")
    func ranges() {
        let text = "root:1:2\nanna:100000:65536\n1000:200000:10\nanna:x:1\nanna:1:0\nanna:4294967295:2\n\nanna:5\n"
        let found = SubordinateRanges(text, name: "anna", number: 1000)
        #expect(found.ranges == [.init(first: 100_000, count: 65_536), .init(first: 200_000, count: 10)])
        #expect(SubordinateRanges(text, name: nil, number: 7).ranges.isEmpty)
    }

    @Test("its containers' root is itself, and what it was granted are the users above")
    func map() {
        let map = rights(hasRange: true).userNamespace
        #expect(
            map.users == [
                .init(inside: 0, outside: 1000, count: 1), .init(inside: 1, outside: 100_000, count: 65_536),
            ]
        )
        #expect(map.groups.first == .init(inside: 0, outside: 1001, count: 1))
        #expect(rights(hasRange: true).writer(of: map) == .programs(mappers))
    }

    @Test("without a range or without the programs it maps itself alone, and gives up further groups")
    func ownMap() {
        var without = rights(hasRange: true)
        without.mappers = nil
        for rights in [rights(hasRange: false), without] {
            let map = rights.userNamespace
            #expect(map.users == [.init(inside: 0, outside: 1000, count: 1)])
            #expect(rights.writer(of: map) == .own)
        }
        #expect(HostRights.root.writer(of: rights(hasRange: true).userNamespace) == .direct)
    }

    @Test("a range that holds the user itself is left out: nobody is mapped twice")
    func overlap() {
        let ranges = SubordinateRanges([.init(first: 900, count: 200), .init(first: 5000, count: 10)])
        #expect(
            ranges.mappings(of: 1000) == [
                .init(inside: 0, outside: 1000, count: 1), .init(inside: 1, outside: 5000, count: 10),
            ]
        )
    }

    @Test("root's configuration stays as it is; another's gets a user namespace and no rules about devices")
    func adaptation() throws {
        let asked = configuration { $0.resources.devices = Resources.standardDevices }
        let roots = try asked.adapted(to: .root, controlsDevices: true)
        #expect(roots.namespaces.user == nil && roots.resources.devices != nil && roots.mounts == asked.mounts)
        let users = try asked.adapted(to: rights(hasRange: true), controlsDevices: false)
        #expect(users.namespaces.user == rights(hasRange: true).userNamespace)
        #expect(users.resources.devices == nil)
        try users.validate()
    }

    @Test("kernel filesystems of a shared namespace are the host's, in any user namespace")
    func sharedFilesystems() throws {
        let asked = configuration { $0.namespaces.network = .host }
        let adapted = try asked.adapted(to: rights(hasRange: false), controlsDevices: false)
        #expect(adapted.mounts.contains { $0.source == .bind("/sys", recursive: true) && $0.target == "/sys" })
        #expect(adapted.mounts.contains { $0.target == "/proc" && $0.source == Mount.processes.source })
    }

    @Test("what needs root is refused, in so many words")
    func refusals() {
        let changes: [(inout ContainerConfiguration) -> Void] = [
            { $0.isolateUsers() },
            { $0.mounts.append(.temporary(at: "/x", options: .copiesUp)) },
            { $0.mounts.append(.prepared(.standardInput, at: "/x")) },
            { $0.namespaces.process = .join("/proc/1/ns/pid") },
            { $0.process.user = .numbers(user: 0, group: 0, supplementaryGroups: [10]) },
        ]
        for change in changes {
            let error = #expect(throws: ContainerError.self) {
                try configuration(change).adapted(to: rights(hasRange: false), controlsDevices: false)
            }
            #expect(error?.code == .unsupported && error?.message.hasSuffix("needs root") == true)
        }
    }

    @Test("an overlay's options are those of a user namespace, one layer at a time where the kernel can")
    func overlay() {
        let writable = RootFilesystem.WritableLayer(upper: "/u", work: "/w", isVolatile: true)
        let new = LayeredRoot.options(["/a", "/b"], writable, kernel: .init(6, 5))
        #expect(
            new.map { "\($0.key)=\($0.value)" } == [
                "lowerdir+=/a", "lowerdir+=/b", "upperdir=/u", "workdir=/w", "volatile=", "userxattr=",
            ]
        )
        let old = LayeredRoot.options(["/a", "/b"], nil, kernel: .init(5, 15))
        #expect(old.map { "\($0.key)=\($0.value)" } == ["lowerdir=/a:/b", "userxattr="])
    }

    @Test("a plan for the stage mounts the root filesystem and binds before the old root goes")
    func plan() {
        var inputs = LaunchInputs(
            identity: ProcessIdentity(user: 0, group: 0),
            root: Slot(0),
            stageRoot: .directory("/srv"),
            mounts: [7: .init(mount: Slot(1), isDirectory: true, isLeftToStage: true)],
            joins: [],
            controlGroups: .none,
            namespaces: [],
            seccomp: nil,
            status: Slot(2),
            gate: nil,
            ignoredSignals: 0,
            descriptors: [],
            groupsAreFixed: true,
            slotCount: 3
        )
        inputs.mapWriter = .own
        let asked = configuration {
            $0.mounts.append(.bind("/data", at: "/data", options: .readOnly))
            $0.namespaces.user = UserNamespace(mappings: [.init(inside: 0, outside: 1000, count: 1)])
        }
        let plan = LaunchPlanCompiler.compile(asked, inputs: inputs)
        func index(_ operation: StageOperation) -> Int { plan.operations.firstIndex(of: operation) ?? -1 }
        let isolation = index(.isolateMounts)
        let root = index(.cloneHostMount("/srv", recursive: true, into: Slot(0)))
        let bind = index(.cloneHostMount("/data", recursive: true, into: Slot(1)))
        let change = index(.changeRoot(Slot(0)))
        #expect(isolation >= 0 && root == isolation + 1 && root < bind && bind < change)
        #expect(plan.mapWriter == .own)
        #expect(plan.operations.contains(.primaryGroup(0)))
        #expect(!plan.operations.contains { if case .groups = $0 { true } else { false } })
    }

    @Test("a connection by pasta shares nothing of the host's loopback unless asked, and checks its ports")
    func network() throws {
        var network = UserModeNetwork(ports: [.init(host: 8080, container: 80, address: "127.0.0.1")])
        let text = network.arguments(for: 42).joined(separator: " ")
        #expect(text.contains("--no-map-gw") && text.contains("--tcp-ports 127.0.0.1/8080:80 --udp-ports none"))
        #expect(text.contains("--tcp-ns none --udp-ns none --netns /proc/42/ns/net --userns /proc/42/ns/user"))
        network.ports = [.init(host: 1, container: 1, address: "x --netns /proc/1/ns/net")]
        #expect(throws: ContainerError.self) { try network.validate(Namespaces()) }
        network.ports = []
        var shared = Namespaces()
        shared.network = .host
        #expect(throws: ContainerError.self) { try network.validate(shared) }
    }
}
