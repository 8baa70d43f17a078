// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import ContainerKit
internal import SystemPackage

/// What a command line answers with: one line for the engine that called.
package struct OCIError: Error, CustomStringConvertible {
    package var description: String
    /// The code that the program ends with.
    package var exitCode: Int32

    package init(_ description: String, exitCode: Int32 = 1) {
        self.description = description
        self.exitCode = exitCode
    }

    /// An error of the library, in the words that engines look for.
    ///
    /// Podman and Docker tell a missing program and one that may not be executed from other failures by the text alone.
    package init(_ error: ContainerError) {
        switch error.code {
        case .executableNotFound:
            self.init("\(error): executable file not found in $PATH: no such file or directory")
        case .notExecutable where error.errno?.rawValue == 13: self.init("\(error): permission denied")
        default: self.init("\(error)")
        }
    }
}
