// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Settings of a new network namespace that programs in containers count on, as Docker makes them.
enum NamespaceSettings {
    private static let values = [
        // Users other than root may serve the ports below 1024, and send echo requests: it is their own network.
        ("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0"),
        ("/proc/sys/net/ipv4/ping_group_range", "0 2147483647"),
    ]

    /// Applies them to the calling thread's namespace; a system that does not let them be set is left as it is.
    static func apply() {
        for (path, value) in values {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            _ = value.withCString { write(descriptor, $0, strlen($0)) }
            close(descriptor)
        }
    }
}
