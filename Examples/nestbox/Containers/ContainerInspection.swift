// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Nestbox

/// A container in the shape that Docker's `inspect` gives it; members that have no meaning here are left out.
struct ContainerInspection: Encodable {
    struct StatePart: Encodable {
        let Status: String
        let Running: Bool
        let Pid: Int32
        let ExitCode: Int
        let Error: String
        let StartedAt: String
        let FinishedAt: String
    }

    struct ConfigPart: Encodable {
        let Hostname: String
        let Image: String
        let Labels: [String: String]
    }

    struct HostConfigPart: Encodable {
        let Memory: Int64
        let NanoCpus: Int64
        let PidsLimit: Int64
        let AutoRemove: Bool
    }

    struct Mount: Encodable {
        let `Type`: String
        let Name: String?
        let Source: String
        let Destination: String
        let RW: Bool
    }

    struct Binding: Encodable {
        let HostIp: String
        let HostPort: String
    }

    struct NetworkSettingsPart: Encodable {
        let Ports: [String: [Binding]]
    }

    let Id: String
    let Name: String
    let Created: String
    let Path: String
    let Args: [String]
    let State: StatePart
    let Image: String
    let Config: ConfigPart
    let HostConfig: HostConfigPart
    let Mounts: [Mount]
    let NetworkSettings: NetworkSettingsPart

    init(_ record: ContainerRecord) {
        let never = "0001-01-01T00:00:00Z"
        Id = record.identifier
        Name = "/" + record.name
        Created = record.createdAt.description
        Path = record.command.first ?? ""
        Args = Array(record.command.dropFirst())
        State = .init(
            Status: record.state.status.rawValue,
            Running: record.isRunning,
            Pid: record.state.processIdentifier ?? 0,
            ExitCode: record.state.exitCode ?? 0,
            Error: record.state.error ?? "",
            StartedAt: record.state.startedAt?.description ?? never,
            FinishedAt: record.state.finishedAt?.description ?? never
        )
        Image = record.imageIdentifier
        Config = .init(Hostname: record.hostName, Image: record.image, Labels: record.labels)
        HostConfig = .init(
            Memory: record.limits.memory ?? 0,
            NanoCpus: Int64((record.limits.processors ?? 0) * 1e9),
            PidsLimit: record.limits.processes ?? 0,
            AutoRemove: record.isRemovedAtEnd
        )
        Mounts = record.mounts.map {
            Mount(
                Type: $0.volume == nil ? "bind" : "volume",
                Name: $0.volume,
                Source: $0.source,
                Destination: $0.target,
                RW: !$0.isReadOnly
            )
        }
        let bindings = record.ports.map {
            ("\($0.containerPort)/tcp", [Binding(HostIp: $0.hostAddress, HostPort: String($0.hostPort))])
        }
        NetworkSettings = .init(Ports: Dictionary(bindings, uniquingKeysWith: +))
    }
}
