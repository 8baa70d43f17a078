// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The reading of Dockerfiles, for programs that hand it hostile text and look for what breaks.
@_spi(Fuzzing) public enum DockerfileFuzzing {
    /// Reads a text up to the point where something would be built: syntax, stages, variables and lint rules.
    ///
    /// - Parameter text: Any text.
    public static func read(_ text: String) {
        if let parsed = try? Dockerfile(parsing: text) {
            _ = try? StageGraph(parsed, arguments: BuildArguments(values: ["A": "a b"], target: nil))
        }
        _ = DockerfileCheck(text)
    }
}
