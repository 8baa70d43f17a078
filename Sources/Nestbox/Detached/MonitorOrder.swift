// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a monitor is told to run.
enum MonitorOrder: Sendable, Codable {
    case container(ContainerSpecification)
    /// A container that was written down before.
    case start(String)
    case service(ServiceSpecification)
    /// A further program in a container.
    case execution(ExecutionOrder)
}
