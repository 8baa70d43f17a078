// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork
internal import Glibc
public import Nestbox
public import Testing

extension Trait where Self == ContainerTrait {
    /// Gives each test, or the suite, a container.
    ///
    /// ```swift
    /// @Suite(.container("redis:8", ports: [6379], readiness: .log("Ready to accept connections")))
    /// struct CacheTests {
    ///     @Test("a value that was set is there")
    ///     func set() async throws {
    ///         let port = try TestContainer.current.port(6379)
    ///         // …
    ///     }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - image: What the container is made from; a string stands for an image that the engine has or can fetch.
    ///   - key: The name by which ``TestContainer/named(_:)`` finds it, where a test has several.
    ///   - command: The program's arguments, in place of the image's.
    ///   - environment: Added to the image's: `NAME=value`.
    ///   - ports: The TCP ports that are reachable on 127.0.0.1; those that `readiness` names always are.
    ///   - readiness: How it is found out that it can be used.
    ///   - timeLimit: How long that may take from its start.
    ///   - sharing: Who has one container together.
    ///   - engine: The engine that runs it.
    ///   - configure: Says what else there is to say of the container.
    /// - Returns: The trait.
    public static func container(
        _ image: TestImage,
        named key: String? = nil,
        command: [String] = [],
        environment: [String] = [],
        ports: [UInt16] = [],
        readiness: Readiness = .started,
        within timeLimit: Duration = .seconds(60),
        sharing: ContainerTrait.Sharing = .eachTest,
        engine: TestEngine = TestEngine(),
        configure: (inout ContainerSpecification) -> Void = { _ in }
    ) -> ContainerTrait {
        var specification = ContainerSpecification(image: "", command: command)
        specification.environment = environment
        specification.ports = ports.map { PortMapping(hostAddress: .loopback, containerPort: $0) }
        configure(&specification)
        var trait = ContainerTrait(
            image,
            specification: specification,
            key: key,
            readiness: readiness,
            engine: engine
        )
        trait.timeLimit = timeLimit
        trait.sharing = sharing
        return trait
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips tests, with the reason, where containers can't be run: without root.
    public static var whereContainersRun: ConditionTrait {
        .enabled(if: geteuid() == 0, "containers need root")
    }
}
