// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a monitor is told to run.
enum MonitorOrder: Sendable, Codable {
    case container(ContainerSpecification)
    case service(ServiceSpecification)
}
