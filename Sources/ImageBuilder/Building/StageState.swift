// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How far a stage is: its files, its image's configuration, and what its next instruction sees.
struct StageState: Sendable {
    /// Expands the instructions; it holds the variables, the working directory and the shell.
    var evaluator: StageEvaluator
    /// The image so far.
    var image: ImageDraft
    /// The layers, lowest first.
    var layers: [BuildLayer]
    /// The key of the last step that changed files.
    var key: CacheKey
    /// What the commands of the stage run on.
    var platform: String
}
