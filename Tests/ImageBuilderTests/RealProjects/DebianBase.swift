// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageBuilder
import ImageStore
import SystemPackage

/// A Debian root filesystem with a compiler and Python, made once by `mmdebstrap` and kept for later runs.
enum DebianBase {
    /// Imports it under the name `debian`.
    static func importInto(_ fixture: BuildFixture) async throws {
        let script = FilePath("\(#filePath)/../../../../Scripts/debian-rootfs").lexicallyNormalized()
        let archive =
            try Shell.output("'\(script)' tcc libc6-dev python3-minimal python3-pip python3-wheel").split(
                separator: "\n"
            ).last.map(String.init) ?? ""
        var defaults = ImageConfiguration.Defaults()
        defaults.environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        defaults.command = ["bash"]
        try await fixture.store.importRootFilesystem(
            archive: FilePath(archive),
            as: ImageReference("debian"),
            configuration: defaults,
            created: "2026-01-01T00:00:00Z"
        )
    }
}
