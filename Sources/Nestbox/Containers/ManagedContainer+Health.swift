// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ManagedContainer {
    /// Whether it is checked from time to time that its program does its work.
    var hasHealthCheck: Bool { healthCheck.map { !$0.command.isEmpty } ?? false }

    /// Whether the last check has succeeded; so it is also where there is none.
    var isHealthy: Bool { !hasHealthCheck || record.state.health?.status == .healthy }
}
