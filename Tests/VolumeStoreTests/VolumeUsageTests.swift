// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("What volumes hold")
struct VolumeUsageTests {
    @Test("usage counts what du counts, and a hard-linked file once")
    func count() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            try FileTree.make(volume.mountpoint.appending("sub"))
            let file = volume.mountpoint.appending("sub/file")
            try FileTree.write(String(repeating: "x", count: 1_000_000), to: file)
            #expect(link(file.string, volume.mountpoint.appending("again").string) == 0)
            let usage = try await test.store.usage(of: "vol")
            let counted = try FileTree.run("/usr/bin/du", "-s", "-B1", volume.mountpoint.string)
            #expect(usage.bytes == Int64(counted.prefix { $0.isNumber }))
            #expect(usage.inodes == 3)
            #expect(usage.limit == nil)
        }
    }

    @Test("the usage of all volumes is one report, and one text that Prometheus reads")
    func report() async throws {
        try await TemporaryStore.with { test in
            for name in ["beta", "alpha"] {
                let volume = try await test.store.create(VolumeRequest(name: name))
                try FileTree.write(name, to: volume.mountpoint.appending("file"))
            }
            let report = try await test.store.usageReport()
            #expect(report.entries.map(\.volume.name) == ["alpha", "beta"])
            #expect(report.entries.allSatisfy { $0.usage.inodes == 2 && $0.usage.bytes >= 4096 })
            let lines = report.openMetrics.split(separator: "\n")
            #expect(lines.first == "# TYPE nestbox_volume_usage_bytes gauge" && lines.last == "# EOF")
            let alpha = lines.filter { $0.hasPrefix("nestbox_volume_inodes{volume=\"alpha\",driver=\"local\"} 2 ") }
            #expect(alpha.count == 1)
            #expect(!report.openMetrics.contains("nestbox_volume_limit_bytes{"))
        }
    }

    @Test("a count is remembered for as long as the caller allows")
    func remembered() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            let first = try await test.store.usage(of: "vol")
            try FileTree.write("x", to: volume.mountpoint.appending("file"))
            #expect(try await test.store.usage(of: "vol", maximumAge: .seconds(3600)) == first)
            let second = try await test.store.usage(of: "vol")
            #expect(second.inodes == first.inodes + 1)
        }
    }
}
