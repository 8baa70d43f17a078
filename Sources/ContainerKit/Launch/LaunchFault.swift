// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// A failure that a test asks for, to see that nothing is left behind by it.
package struct LaunchFault: Sendable {
    /// Called before each operation of the host; throwing makes it fail.
    package var hostOperation: (@Sendable (_ operation: String, _ path: FilePath?) throws -> Void)?

    /// The operation of the stage that has to fail, and with what.
    package var stageOperation: (index: Int, errno: Errno)?

    package init(
        hostOperation: (@Sendable (String, FilePath?) throws -> Void)? = nil,
        stageOperation: (index: Int, errno: Errno)? = nil
    ) {
        self.hostOperation = hostOperation
        self.stageOperation = stageOperation
    }

    /// No failure.
    package static let none = LaunchFault()

    /// Announces an operation of the host.
    func before(_ operation: String, _ path: FilePath? = nil) throws {
        try hostOperation?(operation, path)
    }
}
