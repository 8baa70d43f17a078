// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork
internal import Nestbox
public import Testing

extension ContainerTrait {
    /// Runs tests while their container is there.
    ///
    /// - Throws: `NestboxError` if it can't be started, ``ContainerTestError`` if it can't be used.
    @concurrent public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let recorder = ContainerOutput(lookingFor: readiness.texts)
        let failures = FailureWatch()
        let result: Result<Void, any Error>
        do {
            try await EnginePool.shared.withEngine(engine, image: image) { nestbox, name in
                let specification = completed(name)
                let streams = ContainerStreams(output: recorder.take)
                try await nestbox.withContainer(specification, streams: streams) { managed in
                    let container = TestContainer(
                        managed: managed,
                        nestbox: nestbox,
                        key: key,
                        image: "\(image)",
                        recorder: recorder
                    )
                    try await container.waitUntilReady(readiness, atMost: timeLimit)
                    try await failures.watch(test, testCase) {
                        try await TestContainer.$all.withValue(TestContainer.all + [container]) {
                            try await function()
                        }
                    }
                }
            }
            result = .success(())
        } catch {
            failures.note()
            result = .failure(error)
        }
        attach(recorder, hasFailed: failures.hasFailed, at: test.sourceLocation)
        try result.get()
    }

    /// The specification with everything that the trait adds to it.
    private func completed(_ image: String) -> ContainerSpecification {
        var completed = specification
        completed.image = image
        completed.labels["nestbox.testing"] = "true"
        let named = Set(completed.ports.filter { $0.transport == .tcp }.map(\.containerPort))
        if completed.network.mode == .host { return completed }
        for port in Set(readiness.ports).subtracting(named).sorted() {
            completed.ports.append(PortMapping(hostAddress: .loopback, containerPort: port))
        }
        return completed
    }
}
