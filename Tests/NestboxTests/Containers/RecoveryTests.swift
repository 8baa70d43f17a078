// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage
import Testing

@testable import Nestbox

@Suite("What dead processes left", .runsContainers)
struct RecoveryTests {
    /// A record of a container whose process is gone: nobody holds its lock.
    private func plant(_ status: ContainerRecord.Status, isRemovedAtEnd: Bool, in nestbox: Nestbox) throws -> String {
        let identifier = ContainerConfiguration.randomIdentifier()
        var record = ContainerRecord(
            identifier: identifier,
            name: "orphan",
            image: "box",
            imageIdentifier: "",
            command: ["true"],
            createdAt: .now(),
            ports: [],
            mounts: [],
            labels: [:],
            limits: ContainerLimits(),
            hostName: "h",
            isRemovedAtEnd: isRemovedAtEnd,
            stopSignal: 15,
            stopTimeout: 10,
            state: ContainerRecord.State()
        )
        record.state.status = status
        record.isComplete = status != .created
        let reservation = try nestbox.reserve(record)
        try reservation.directory.prepare(hostName: "h")
        return identifier
    }

    @Test("a container that was running has ended, and its name and layer stay until it is removed")
    func running() async throws {
        try await withNestbox { nestbox in
            let identifier = try plant(.running, isRemovedAtEnd: false, in: nestbox)
            _ = try await Nestbox(root: nestbox.root)
            let record = try nestbox.container("orphan")
            #expect(record.identifier == identifier)
            #expect(record.state.status == .exited)
            #expect(record.state.exitCode == 137)
            #expect(record.state.error != nil)
        }
    }

    @Test(
        "one that was to be removed, or never came to run, is gone with its layer and name",
        arguments: [(ContainerRecord.Status.running, true), (.exited, true), (.created, false)]
    )
    func removed(_ status: ContainerRecord.Status, _ isRemovedAtEnd: Bool) async throws {
        try await withNestbox { nestbox in
            _ = try plant(status, isRemovedAtEnd: isRemovedAtEnd, in: nestbox)
            _ = try await Nestbox(root: nestbox.root)
            for directory in [nestbox.layout.containers, nestbox.layout.names, nestbox.layout.trash] {
                #expect(try Directory(directory).names.isEmpty)
            }
        }
    }

    @Test("a directory that was half made is gone, and a half-removed one too")
    func halfMade() async throws {
        try await withNestbox { nestbox in
            try Directory(nestbox.layout.container("half").path.appending("upper")).make()
            try Directory(nestbox.layout.trash.appending("old/upper")).make()
            try Directory(nestbox.layout.service("half").path).make()
            _ = try await Nestbox(root: nestbox.root)
            for directory in [nestbox.layout.containers, nestbox.layout.services, nestbox.layout.trash] {
                #expect(try Directory(directory).names.isEmpty)
            }
        }
    }

    @Test("a name without a container is free again")
    func staleName() async throws {
        try await withNestbox { nestbox in
            symlink("0123456789abcdef", nestbox.layout.names.appending("stale").string)
            let finished = try await nestbox.finish("true") { $0.name = "stale" }
            #expect(finished.status == .exited(0))
        }
    }

    @Test("a container of a process that lives is left alone")
    func living() async throws {
        try await withNestbox { nestbox in
            try await nestbox.withContainer(ContainerSpecification(image: "box", command: ["sleep", "100"])) {
                _ = try await Nestbox(root: nestbox.root)
                #expect(try nestbox.container($0.identifier).isRunning)
            }
        }
    }
}
