// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore

extension Platform {
    /// The processors that Linux images are made for, by Go's names.
    private static let architectures = [
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le",
        "riscv64",
        "s390x",
    ]

    /// Reads what `--platform` takes.
    ///
    /// - Throws: `ImageStoreError` for what is no platform, `ValidationError` for one of which no image could be used.
    init(argument: String) throws {
        try self.init(argument)
        guard os == "linux" else {
            throw ValidationError(
                "the platform '\(argument)' can't be used: images here are for linux, not for '\(os)'"
            )
        }
        guard Self.architectures.contains(architecture) else {
            let known = Self.architectures.joined(separator: ", ")
            throw ValidationError("the platform '\(argument)' can't be used: '\(architecture)' is none of \(known)")
        }
    }
}
