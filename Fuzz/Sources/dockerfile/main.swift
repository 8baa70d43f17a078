// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FuzzDriver
@_spi(Fuzzing) import ImageBuilder

// Dockerfiles and ignore files, up to the point where something would be done.
fuzz { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    DockerfileFuzzing.read(text)
    if let ignore = try? IgnoreFile(parsing: text) {
        for path in ["a", "a/b", "a/b/c.txt", ".hidden", "a b"] { _ = ignore.ignores(path) }
    }
}
