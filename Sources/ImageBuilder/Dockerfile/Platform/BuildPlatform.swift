// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An operating system and a processor, as `--platform` and the predefined arguments name them.
///
/// Source: containerd's platform specifiers, which BuildKit uses.
package struct BuildPlatform: Sendable, Hashable, CustomStringConvertible {
    package var os: String
    package var osVersion: String
    package var architecture: String
    package var variant: String

    package init(os: String = "linux", osVersion: String = "", architecture: String, variant: String = "") {
        self.os = os
        self.osVersion = osVersion
        self.architecture = architecture
        self.variant = variant
    }

    /// The platform that this program runs on.
    package static var current: BuildPlatform {
        #if arch(x86_64)
        BuildPlatform(architecture: "amd64")
        #elseif arch(arm64)
        BuildPlatform(architecture: "arm64")
        #else
        BuildPlatform(architecture: "unknown")
        #endif
    }

    /// `os/architecture`, with `/variant` where there is one.
    package var description: String {
        [os, architecture, variant].filter { !$0.isEmpty }.joined(separator: "/")
    }
}
