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
}
