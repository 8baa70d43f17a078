// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization
public import SystemPackage

extension Container {
    /// A descriptor of the container's first process, which the caller closes.
    ///
    /// - Throws: ``ContainerError`` if there can be no more descriptors.
    package func duplicateProcessDescriptor() throws -> FileDescriptor {
        try launchStep("duplicate process descriptor") { () throws(Errno) in
            FileDescriptor(rawValue: try process.duplicateDescriptor().release())
        }
    }

    /// Opens the container's network namespace, for sockets and devices that are to be in it.
    ///
    /// - Returns: A descriptor that the caller closes. It keeps the namespace, also after the container's end.
    /// - Throws: ``ContainerError`` of code `invalidState` if the program has ended.
    public func openNetworkNamespace() throws -> FileDescriptor {
        do {
            // The number is this process's for as long as it has not been reaped, which the closure holds up.
            let opened = try process.withNumber { pid in
                try FileDescriptor.open("/proc/\(pid)/ns/net", .readOnly, options: .closeOnExec)
            }
            if let opened { return opened }
        } catch let errno as Errno {
            throw ContainerError(
                .namespace,
                "the container's network namespace can't be opened",
                operation: "open",
                errno: errno
            )
        }
        throw ContainerError(.invalidState, "the container's program has ended, and its network namespace with it")
    }
}
