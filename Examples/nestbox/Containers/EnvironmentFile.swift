// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc

/// Variables from a file, one in a line, as `--env-file` takes them.
enum EnvironmentFile {
    /// Reads the file; empty lines and those that begin with `#` are passed over.
    ///
    /// - Throws: `ValidationError` for a line that names no variable. Its text is not shown: it may be a secret.
    static func read(_ path: String) throws -> [String] {
        let lines = try TextFile.read(path).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return try lines.enumerated().compactMap { index, line in
            let text = line.drop(while: \.isWhitespace)
            guard !text.isEmpty, !line.hasPrefix("#") else { return nil }
            let name = text.prefix { $0 != "=" }
            guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
                let problem = name.isEmpty ? "nothing stands before the '='" : "a variable's name has no spaces"
                throw ValidationError("the file '\(path)' can't be used: line \(index + 1): \(problem)")
            }
            return entry(String(text))
        }
    }

    /// `NAME=value` as it is; `NAME` with the value that this process has, or nothing if it has none.
    static func entry(_ text: String) -> String? {
        if text.contains("=") { return text }
        return getenv(text).map { "\(text)=\(String(cString: $0))" }
    }
}
