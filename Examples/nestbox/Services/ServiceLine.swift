// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Nestbox

/// A service as `service ls` shows it, with Docker's names for the members.
struct ServiceLine: Encodable {
    let Name: String
    let Mode = "replicated"
    let Replicas: String
    let Image: String
    let Ports: String
    /// Where the figures are served; Docker knows no such thing.
    let Metrics: String?

    init(_ record: ServiceRecord, running: Int) {
        Name = record.name
        Replicas = "\(running)/\(record.replicas)"
        Image = record.image
        Metrics = record.metricsAddress
        Ports = record.ports.map(ContainerLine.port).joined(separator: ", ")
    }
}
