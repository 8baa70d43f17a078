// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Variables from a file, one in a line, as `--env-file` takes them.
enum EnvironmentFile {
    /// Reads the file; empty lines and those that begin with `#` are passed over.
    static func read(_ path: String) throws -> [String] {
        let text = try TextFile.read(path)
        return text.split(whereSeparator: \.isNewline)
            .filter { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") }
            .compactMap { entry(String($0.drop(while: \.isWhitespace))) }
    }

    /// `NAME=value` as it is; `NAME` with the value that this process has, or nothing if it has none.
    static func entry(_ text: String) -> String? {
        if text.contains("=") { return text }
        return getenv(text).map { "\(text)=\(String(cString: $0))" }
    }
}
