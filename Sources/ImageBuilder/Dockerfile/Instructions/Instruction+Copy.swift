// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction {
    /// `COPY`: files from the build context, a stage or an image.
    public struct Copy: Sendable, Equatable {
        /// What is copied, and where to.
        public var sources: Sources
        /// The stage, its number, or the image to copy from; nil for the build context.
        public let from: String?
        /// The owner and group of the copies.
        public var chown: String?
        /// The permissions of the copies.
        public var chmod: String?
        /// Whether the copies are a layer of their own, whatever lies below.
        public let link: Bool
        /// Whether the sources' parent directories are kept.
        public let parents: Bool
        /// Patterns of what is left out.
        public let excludes: [String]

        init(_ line: InstructionLine) throws(ImageBuilderError) {
            let sources = try Sources(line)
            let flags = try FlagSet(
                line,
                accepting: [
                    "chmod": .string, "chown": .string, "exclude": .strings, "from": .string, "link": .bool,
                    "parents": .bool,
                ]
            )
            self.sources = sources
            from = flags.string("from")
            chown = flags.string("chown")
            chmod = flags.string("chmod")
            link = flags.bool("link") ?? false
            parents = flags.bool("parents") ?? false
            excludes = flags.strings("exclude")
        }
    }
}
