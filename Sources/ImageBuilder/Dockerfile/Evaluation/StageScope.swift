// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What the instructions of a stage pass on to those after them, as far as the meaning of a Dockerfile goes.
package struct StageScope: Sendable, Equatable {
    /// The path where programs are looked for when an image does not say.
    package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The variables: those of the image, of `ENV` and of `ARG`.
    package var environment: Environment
    /// The directory that relative paths begin at.
    package var workingDirectory: String
    /// The program before a command in shell form; empty for the default, `/bin/sh -c`.
    package var shell: [String]
    /// The names that `ARG` declared, with or without a value, in their order.
    package var declaredArguments: [String] = []
    /// Whether the base image's variables are known.
    ///
    /// Where not, a missing variable is no mistake yet.
    package var isComplete: Bool
    /// Whether the Dockerfile has set the working directory.
    var hasOwnWorkingDirectory = false

    /// The scope at the start of a stage that begins with an image.
    ///
    /// With nothing said, the image is `scratch`; `environment` nil stands for an image that is not read yet.
    package init(environment: [String]? = [], workingDirectory: String = "", shell: [String] = []) {
        self.environment = Environment(environment ?? [])
        if self.environment["PATH"] == nil { self.environment["PATH"] = Self.defaultPath }
        self.workingDirectory = workingDirectory.isEmpty ? "/" : CleanPath.join("/", workingDirectory)
        self.shell = shell
        isComplete = environment != nil
    }
}
