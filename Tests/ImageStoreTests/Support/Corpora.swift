// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The shared test data beside the package.
enum Corpora {
    /// The folder `../shared/corpora`, seen from the package's root.
    static let directory: String = {
        let parts = #filePath.split(separator: "/").dropLast(4)
        return "/" + (parts.dropLast() + ["shared", "corpora"]).joined(separator: "/")
    }()

    static let arePresent = access(directory, R_OK) == 0
    static let absence = "the shared corpora are not beside the package (\(directory))"
}
