// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Linter {
    /// The words of a name that say its value is a secret, and those that say it is not.
    ///
    /// Source: BuildKit's rule SecretsUsedInArgOrEnv.
    private static let secretWords: Set<String> = [
        "apikey", "auth", "credential", "credentials", "key", "passwd", "password", "pword", "secret", "token",
    ]
    private static let harmlessWords: Set<String> = ["file", "public", "version"]

    /// Checks the name of a variable of `ARG` or `ENV`.
    mutating func checkSecret(named name: String, _ instruction: Instruction) {
        let words = Set(name.lowercased().split(separator: "_").map(String.init))
        guard !words.isDisjoint(with: Self.secretWords), words.isDisjoint(with: Self.harmlessWords) else { return }
        warn(
            .secretsUsedInArgOrEnv,
            "Do not use ARG or ENV instructions for sensitive data (\(instruction.keyword.uppercased())"
                + " \(name.quoted))",
            at: instruction.line.location(ofText: name),
            comments: instruction.comments
        )
    }

    /// Checks how a port of `EXPOSE` is written.
    mutating func check(_ port: ExposedPort, text: String, _ instruction: Instruction) {
        if port.proto != port.proto.lowercased() {
            warn(
                .exposeProtoCasing,
                "Defined protocol '\(text)' in EXPOSE instruction should be lowercase",
                at: instruction.line.location(ofText: text),
                comments: instruction.comments
            )
        }
        if port.namesHost {
            warn(
                .exposeInvalidFormat,
                "EXPOSE instruction should not define an IP address or host-port mapping, found '\(text)'",
                at: instruction.line.location(ofText: text),
                comments: instruction.comments
            )
        }
    }
}
