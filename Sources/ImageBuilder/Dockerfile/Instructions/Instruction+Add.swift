// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction {
    /// `ADD`: files from the build context, from an address or a Git repository; archives are unpacked.
    public struct Add: Sendable, Equatable {
        /// What is added, and where to.
        public var sources: Sources
        /// The owner and group of what is added.
        public var chown: String?
        /// The permissions of what is added.
        public var chmod: String?
        /// The digest that a remote source must have.
        public var checksum: String?
        /// Whether what is added is a layer of its own, whatever lies below.
        public let link: Bool
        /// Whether the `.git` directory of a repository is kept; nil where not said.
        public let keepGitDirectory: Bool?
        /// Whether archives are unpacked; nil where not said: local ones are, remote ones are not.
        public let unpack: Bool?
        /// Patterns of what is left out.
        public let excludes: [String]

        init(_ line: InstructionLine) throws(ImageBuilderError) {
            let sources = try Sources(line)
            let flags = try FlagSet(
                line,
                accepting: [
                    "checksum": .string, "chmod": .string, "chown": .string, "exclude": .strings,
                    "keep-git-dir": .bool, "link": .bool, "unpack": .bool,
                ]
            )
            self.sources = sources
            chown = flags.string("chown")
            chmod = flags.string("chmod")
            checksum = flags.string("checksum")
            link = flags.bool("link") ?? false
            keepGitDirectory = flags.bool("keep-git-dir")
            unpack = flags.bool("unpack")
            excludes = flags.strings("exclude")
        }
    }
}
