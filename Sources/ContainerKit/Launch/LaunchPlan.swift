// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Everything the kernel is to do for one launch, compiled from a configuration before anything is cloned.
package struct LaunchPlan: Hashable, Sendable {
    /// The namespaces made by the clone itself.
    package var namespaces: NamespaceKind

    /// The maps of a new user namespace.
    package var userNamespace: UserNamespace?

    /// How those maps are written.
    package var mapWriter = IdentityMapWriter.direct

    /// How many slots the operations use; the first ones are filled by the host.
    package var slotCount: Int

    /// The slot of the pipe that tells the host of progress.
    package var statusSlot: Slot

    /// What the stage does, in order.
    package var operations: [StageOperation]
}

extension LaunchPlan: CustomStringConvertible {
    /// One line per operation, numbered as errors and faults count them.
    package var description: String {
        var lines = ["clone with namespaces \(namespaces)"]
        for (index, operation) in operations.enumerated() { lines.append("\(index): \(operation)") }
        return lines.joined(separator: "\n")
    }
}
