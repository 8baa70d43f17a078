// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Limits on devices, pages and the rest")
struct FurtherResourcesTests {
    private func texts(_ resources: Resources, _ version: CgroupVersion) throws -> [String] {
        try resources.writes { _ in version }.map { write in
            "\(write.file)=\(write.value)" + (write.alternative.map { " or \($0.file)=\($0.value)" } ?? "")
        }
    }

    private var disk: Resources.IO.Device { .init(major: 8, minor: 0) }

    @Test("block devices, as v1 and v2 write them")
    func io() throws {
        var resources = Resources()
        resources.io.weight = 10
        resources.io.readBytesPerSecond = [disk: 1000]
        resources.io.writesPerSecond = [disk: 5]
        #expect(
            try texts(resources, .v1) == [
                "blkio.bfq.weight=10 or blkio.weight=10", "blkio.throttle.read_bps_device=8:0 1000",
                "blkio.throttle.write_iops_device=8:0 5",
            ]
        )
        #expect(
            try texts(resources, .v2) == [
                "io.bfq.weight=10 or io.weight=default 1", "io.max=8:0 rbps=1000", "io.max=8:0 wiops=5",
            ]
        )
        #expect(Resources.IO.unifiedWeight(1_000) == 10_000)
    }

    @Test("huge pages, RDMA, marks and files of v2")
    func others() throws {
        var resources = Resources()
        resources.hugePages = [.init(pageSize: "2MB", limit: 4 << 20)]
        resources.rdma = ["mlx5_0": .init(handles: 3)]
        #expect(try texts(resources, .v1) == ["hugetlb.2MB.limit_in_bytes=4194304", "rdma.max=mlx5_0 hca_handle=3"])
        for (version, file) in [(CgroupVersion.v1, "limit_in_bytes"), (.v2, "max")] {
            let pages = try resources.writes { _ in version }.filter { $0.controller == .hugetlb }
            #expect(pages.map(\.file) == ["hugetlb.2MB.\(file)"])
            #expect(pages.map(\.companion) == ["hugetlb.2MB.rsvd.\(file)"])
        }
        resources.unified = ["memory.high": "1048576"]
        #expect(try texts(resources, .v2).suffix(1) == ["memory.high=1048576"])
        #expect(throws: ContainerError.self) { try texts(resources, .v1) }
    }

    @Test("what is malformed is refused", arguments: ["../memory.max", "memory.max/x", "nonsense", "tasks"])
    func refusals(_ file: String) {
        var resources = Resources()
        resources.unified = [file: "1"]
        #expect(throws: ContainerError.self) { try resources.validate() }
    }

    @Test(
        "a throttle is in force in the container",
        .needsRoot,
        .runsContainers,
        .enabled(if: LegacyGroups.hasBlockDevices, "needs cgroup v1 block devices")
    )
    func throttle() async throws {
        let seen = try await lines(of: "cat /sys/fs/cgroup/blkio/blkio.throttle.read_bps_device") { configuration, _ in
            configuration.resources.io.readBytesPerSecond = [.init(major: 254, minor: 0): 1_048_576]
        }
        #expect(seen == ["254:0 1048576"])
    }

    @Test("what this machine has no controller for is an error before anything is made", .runsContainers)
    func unsupported() async throws {
        let error = try await launchError { configuration, _ in
            configuration.resources.rdma = ["mlx5_0": .init(handles: 3)]
        }
        // Where there is the controller, there is no such adapter: then it is the kernel that refuses.
        let controllers = (try? FileDescriptor.text("/sys/fs/cgroup/cgroup.controllers")) ?? ""
        #expect(error?.code == (controllers.contains("rdma") ? .cgroup : .unsupported))
    }
}

/// What of cgroup v1 this machine has.
enum LegacyGroups {
    static let hasBlockDevices = (try? CgroupLayout.current().legacy(.blkio)) != nil
}
