// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import Nestbox

/// A container as `ps` shows it, with Docker's names for the members.
struct ContainerLine: Encodable {
    let ID: String
    let Image: String
    let Command: String
    let CreatedAt: String
    let RunningFor: String
    let State: String
    let Status: String
    let Ports: String
    let Names: String
    let Labels: String

    init(_ record: ContainerRecord, truncates: Bool = true) {
        ID = truncates ? record.shortIdentifier : record.identifier
        Image = record.image
        let command = record.command.joined(separator: " ")
        Command = truncates && command.count > 20 ? "\"\(command.prefix(19))…\"" : "\"\(command)\""
        CreatedAt = record.createdAt.description
        RunningFor = Age.ago(record.createdAt)
        State = record.state.status.rawValue
        Status = Self.status(record.state)
        Ports = !record.isRunning ? "" : record.ports.map(Self.port).joined(separator: ", ")
        Names = record.name
        Labels = record.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    /// Such as `0.0.0.0:8080->80/tcp`.
    static func port(_ port: PublishedPort) -> String {
        let address = port.hostAddress.contains(":") ? "[\(port.hostAddress)]" : port.hostAddress
        return "\(address):\(port.hostPort)->\(port.containerPort)/\(port.transport.rawValue)"
    }

    private static func status(_ state: ContainerRecord.State) -> String {
        switch state.status {
        case .created: return "Created"
        case .restarting: return "Restarting"
        case .paused: return "Up \(Age.text((state.startedAt ?? .now()).duration(to: .now()))) (Paused)"
        case .running:
            return "Up \(Age.text((state.startedAt ?? .now()).duration(to: .now())))\(health(state))"
        case .exited: return "Exited (\(state.exitCode ?? 0)) \(Age.ago(state.finishedAt ?? .now()))"
        }
    }

    private static func health(_ state: ContainerRecord.State) -> String {
        guard let health = state.health else { return "" }
        return health.status == .starting ? " (health: starting)" : " (\(health.status.rawValue))"
    }
}
