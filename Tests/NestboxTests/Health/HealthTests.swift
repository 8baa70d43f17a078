// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Testing

@testable import Nestbox

@Suite("Health checks in containers", .runsContainers)
struct HealthTests {
    private func check(_ script: String) -> HealthCheck {
        var check = HealthCheck(["sh", "-c", script])
        check.interval = 20_000_000
        check.timeout = 2_000_000_000
        check.retries = 2
        return check
    }

    private func waitFor(_ status: HealthState.Status, of name: String, in nestbox: Nestbox) async throws -> HealthState
    {
        while true {
            if let health = try nestbox.container(name).state.health, health.status == status, !health.probes.isEmpty {
                return health
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("a container becomes healthy, and unhealthy once its check fails, and says why")
    func changes() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(image: "box", name: "web", command: ["sleep", "1000"])
            specification.health = check("echo looked; test ! -e /broken")
            let start = Moment.now()
            try await nestbox.withContainer(specification) { _ in
                _ = try await waitFor(.healthy, of: "web", in: nestbox)
                let broken = try await nestbox.execute(ExecutionOptions(["touch", "/broken"]), in: "web")
                try await broken.wait()
                let health = try await waitFor(.unhealthy, of: "web", in: nestbox)
                #expect(health.failingStreak >= 2)
                #expect(health.probes.last?.output == "looked\n")
                #expect(health.probes.last?.exitCode == 1)
            }
            var seen: [String] = []
            for try await event in nestbox.events(since: start, until: .now()) where event.action == .health {
                seen.append(event.attributes["health"] ?? "")
            }
            #expect(seen == ["starting", "healthy", "unhealthy"])
        }
    }

    @Test("a check that takes too long is killed and has failed")
    func timeout() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(image: "box", name: "slow", command: ["sleep", "1000"])
            var slow = check("sleep 1000")
            slow.timeout = 50_000_000
            slow.retries = 1
            specification.health = slow
            try await nestbox.withContainer(specification) { _ in
                let health = try await waitFor(.unhealthy, of: "slow", in: nestbox)
                #expect(health.probes.last?.exitCode == -1)
            }
        }
    }
}
