// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension BuildArguments {
    /// Names that mean something to the build itself, so that no `ARG` need declare them.
    ///
    /// Source: the Dockerfile reference, "Predefined ARGs" and "BuildKit built-in build args".
    private static let ownNames: Set<String> = [
        "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy", "source_date_epoch",
    ]

    /// Says which of the values given are used nowhere, as a mistyped name is: no `ARG` of the file or of a base image's
    /// triggers declares them.
    func unusedWarning(in dockerfile: Dockerfile, _ graph: StageGraph) -> String? {
        let instructions = dockerfile.globalArguments + graph.nodes.flatMap(\.instructions)
        let declared = instructions.flatMap(\.argumentNames)
        let known = Set(declared + predefined(lastStage: nil).names)
        let unused = values.keys.filter {
            !known.contains($0) && !Self.ownNames.contains($0.lowercased()) && !$0.hasPrefix("BUILDKIT_")
        }
        guard !unused.isEmpty else { return nil }
        let names = unused.sorted().map { "\($0.inQuotes)\(Suggestion.hint(for: $0, among: declared))" }
        return "no ARG declares the build argument\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))"
    }
}
