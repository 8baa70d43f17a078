// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork
public import Nestbox

/// A container that a test was given by a ``ContainerTrait``.
///
/// ```swift
/// @Test(.container("postgres:17", ports: [5432], readiness: .port(5432)))
/// func stores() async throws {
///     let database = try TestContainer.current
///     let address = try database.address(5432)    // such as 127.0.0.1:40123
/// }
/// ```
public struct TestContainer: Sendable {
    /// The container, as the engine knows it.
    public let managed: ManagedContainer
    /// The engine that it belongs to.
    public let nestbox: Nestbox
    /// The name that the trait gives it within the test.
    let key: String?
    let image: String
    let recorder: ContainerOutput

    /// Those of the test that runs, the one of the last trait last.
    @TaskLocal static var all: [TestContainer] = []

    /// The container of the test that runs; with several, that of the last trait.
    ///
    /// - Throws: ``ContainerTestError`` of code `noContainer` in a test without the trait, or in a detached task.
    public static var current: TestContainer {
        get throws {
            guard let last = all.last else {
                throw ContainerTestError(.noContainer, "this test has no trait that gives it a container")
            }
            return last
        }
    }

    /// The container that a trait of the test that runs gives this name.
    ///
    /// - Parameter name: The name: `.container("redis:8", named: "cache")`.
    /// - Returns: The container.
    /// - Throws: ``ContainerTestError`` of code `noContainer`.
    public static func named(_ name: String) throws -> TestContainer {
        guard let found = all.last(where: { $0.key == name }) else {
            throw ContainerTestError(.noContainer, "this test has no trait that gives it a container named '\(name)'")
        }
        return found
    }
}

extension TestContainer {
    /// 64 hexadecimal digits.
    public var identifier: String { managed.identifier }

    /// Where its ports are published: 127.0.0.1.
    public var host: String { "127.0.0.1" }

    /// Where a TCP port of the container is reachable on 127.0.0.1.
    ///
    /// - Parameter port: The port in the container.
    /// - Returns: This machine's port.
    /// - Throws: ``ContainerTestError`` of code `portNotPublished`.
    public func port(_ port: UInt16) throws -> UInt16 {
        if hasHostNetwork { return port }
        let published = managed.record.ports.first { $0.containerPort == port && $0.transport == .tcp }
        guard let published else {
            throw ContainerTestError(.portNotPublished, "the trait of image '\(image)' does not publish port \(port)")
        }
        return published.hostPort
    }

    /// Where a TCP port of the container is reachable.
    ///
    /// - Parameter port: The port in the container.
    /// - Returns: Such as `127.0.0.1:40123`.
    /// - Throws: ``ContainerTestError`` of code `portNotPublished`.
    public func address(_ port: UInt16) throws -> String {
        "\(host):\(try self.port(port))"
    }

    /// What it has written so far to its standard output and standard error; of more than a mebibyte, the end.
    public var output: String { recorder.text }

    var hasHostNetwork: Bool { managed.record.specification.network.mode == .host }
}
