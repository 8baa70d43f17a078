// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension StageEvaluator {
    mutating func reportUndefined(_ missing: [String], _ instruction: Instruction) {
        guard scope.isComplete else { return }
        for name in missing where !scope.declaredArguments.contains(name) {
            let hint = Suggestion.hint(for: name, among: scope.environment.names, prefix: "$")
            linter.warn(
                .undefinedVar,
                "Usage of undefined variable '$\(name)'\(hint)",
                at: instruction.line.location(ofText: name),
                comments: instruction.comments
            )
        }
    }

    mutating func checkLegacyFormat(_ pairs: [Instruction.Pair], _ instruction: Instruction) {
        for pair in pairs where pair.isLegacy {
            linter.warn(
                .legacyKeyValueFormat,
                "\"\(instruction.keyword) key=value\" should be used instead of legacy \"\(instruction.keyword) key"
                    + " value\" format",
                at: instruction.location,
                comments: instruction.comments
            )
        }
    }

    mutating func checkCommand(
        _ command: Instruction.Command,
        _ keyword: Keyword,
        _ instruction: Instruction
    ) {
        checkOnce(keyword, instruction)
        // Who sets a shell of their own means to use it.
        guard command.isShellForm, scope.shell.isEmpty else { return }
        linter.warn(
            .jsonArgsRecommended,
            "JSON arguments recommended for \(instruction.keyword) to prevent unintended behavior related to OS signals",
            at: instruction.location,
            comments: instruction.comments
        )
    }

    /// The place named is that of the instruction before: it is the one without effect.
    mutating func checkOnce(_ keyword: Keyword, _ instruction: Instruction) {
        if let earlier = lastOfKind[keyword] {
            linter.warn(
                .multipleInstructionsDisallowed,
                "Multiple \(instruction.keyword) instructions should not be used in the same stage because only the last"
                    + " one will be used",
                at: earlier.location,
                comments: instruction.comments
            )
        }
        lastOfKind[keyword] = instruction
    }

    /// With exceptions in the ignore file one can't tell: something in a directory left out may be kept.
    mutating func checkIgnored(_ paths: [String], verb: String, _ instruction: Instruction) {
        guard let ignoreFile, !ignoreFile.hasExceptions else { return }
        for path in paths where !path.isRemoteSource {
            let clean = CleanPath.clean(path)
            let isRoot = clean == "." || clean == "/"
            if isRoot, !ignoreFile.ignoresEverything { continue }
            guard ignoreFile.ignores(clean) else { continue }
            linter.warn(
                .copyIgnoredFile,
                "Attempting to \(verb) file \(clean.quoted) that is excluded by .dockerignore",
                at: instruction.line.location(ofText: path),
                comments: instruction.comments
            )
        }
    }
}

extension String {
    /// Whether `ADD` fetches it rather than takes it from the context.
    fileprivate var isRemoteSource: Bool {
        hasPrefix("http://") || hasPrefix("https://") || hasPrefix("git@") || hasPrefix("git://")
            || hasPrefix("ssh://")
    }
}

extension IgnoreFile {
    /// Whether one pattern leaves out all there is.
    fileprivate var ignoresEverything: Bool {
        patterns.contains { !$0.isException && ["*", "**", "**/*"].contains($0.text) }
    }
}
