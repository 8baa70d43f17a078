// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What each stage of a Dockerfile is built from, and what the target needs.
///
/// It is a value: it reads no image and runs nothing.
public struct StageGraph: Sendable {
    /// Where files come from.
    public enum Origin: Sendable, Hashable {
        /// Nothing at all: `scratch`.
        case scratch
        /// An image, by its name.
        case image(String)
        /// A stage of the file, by its number from 0.
        case stage(Int)
    }

    /// A place in a stage where files of somewhere else are used.
    public struct Use: Sendable, Hashable {
        /// The number of the instruction among the stage's, from 0.
        public let instruction: Int
        /// The number of the `--mount` flag; nil for `COPY --from`.
        public let mount: Int?
        /// Where the files come from.
        public let origin: Origin
    }

    /// A stage in its place.
    public struct Node: Sendable {
        /// The stage's number in the file, from 0.
        public let index: Int
        /// The stage as it is written.
        public let stage: Stage
        /// What it begins with.
        public let base: Origin
        /// The platform of the base, variables expanded; nil for the build's target.
        public let platform: String?
        /// The instructions to run: those that the base left for its heirs, then the stage's own.
        public let instructions: [Instruction]
        /// Where it uses files of other stages and of images.
        public let uses: [Use]

        /// The stage's name, or `stage-` and its number.
        public var label: String { stage.name ?? "stage-\(index)" }

        /// The stages it needs, its base first.
        public var dependencies: [Int] {
            var stages: [Int] = []
            for origin in [base] + uses.map(\.origin) {
                if case .stage(let stage) = origin, !stages.contains(stage) { stages.append(stage) }
            }
            return stages
        }

        /// The images it needs.
        public var images: Set<String> {
            Set(
                ([base] + uses.map(\.origin)).compactMap { origin in
                    if case .image(let name) = origin { name } else { nil }
                }
            )
        }
    }

    /// The stages, in the order of the file.
    public let nodes: [Node]
    /// The number of the stage that is asked for.
    public let target: Int

    init(nodes: [Node], target: Int) {
        self.nodes = nodes
        self.target = target
    }

    /// The numbers of the stages that the target needs, itself included, in the order of the file.
    public var needed: [Int] {
        var seen: Set<Int> = []
        var open = [target]
        while let index = open.popLast() {
            if seen.insert(index).inserted { open += nodes[index].dependencies }
        }
        return seen.sorted()
    }

    /// The numbers of the stages that a build of the target leaves out.
    public var skipped: [Int] {
        let needed = Set(needed)
        return nodes.indices.filter { !needed.contains($0) }
    }

    /// The images that the target needs.
    public var images: Set<String> {
        needed.reduce(into: []) { $0.formUnion(nodes[$1].images) }
    }

    /// The needed stages in rounds: the stages of a round need only those of earlier rounds.
    public var rounds: [[Int]] {
        var level: [Int: Int] = [:]
        var rounds: [[Int]] = []
        // Each stage depends on earlier ones only, so one pass in the file's order is enough.
        for index in needed {
            let own = nodes[index].dependencies.map { (level[$0] ?? 0) + 1 }.max() ?? 0
            level[index] = own
            if own == rounds.count { rounds.append([]) }
            rounds[own].append(index)
        }
        return rounds
    }
}
