// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What of a step decides its result, and so its key.
///
/// Source: what BuildKit's solver makes its keys of.
package enum CacheStep: Sendable, Hashable {
    /// The beginning of a stage.
    case base(Base)
    /// `RUN`
    case command(Command)
    /// `COPY` and `ADD`
    case files(Files)
    /// `WORKDIR`: a directory is made, if it is not there.
    case directory(Directory)
    /// A step whose files get no later time than this, in seconds since 1970.
    indirect case timed(CacheStep, UInt64)

    /// An image to begin with.
    package struct Base: Sendable, Hashable {
        /// The image's digest; nil for `scratch`.
        package var digest: String?
        /// The platform of the image.
        package var platform: String

        package init(digest: String?, platform: String) {
            self.digest = digest
            self.platform = platform
        }
    }

    /// A command.
    ///
    /// The values of secrets, the addresses of proxies and what a cache holds are no part of it.
    package struct Command: Sendable, Hashable {
        /// The program and its arguments, the shell's included.
        package var arguments: [String]
        /// All the command's variables, those of `ARG` included, as `name=value`.
        ///
        /// Their order counts.
        package var environment: [String]
        package var workingDirectory: String
        package var user: String
        package var network: String
        package var security: String
        /// The devices, each with a `!` where the command must fail without it.
        package var devices: [String]
        package var mounts: [Mount]
        /// The files that here-documents give it: name and content.
        package var files: [[String]]
        package var platform: String

        package init(
            arguments: [String],
            environment: [String],
            workingDirectory: String = "/",
            user: String = "",
            network: String = "default",
            security: String = "sandbox",
            devices: [String] = [],
            mounts: [Mount] = [],
            files: [[String]] = [],
            platform: String
        ) {
            self.arguments = arguments
            self.environment = environment
            self.workingDirectory = workingDirectory
            self.user = user
            self.network = network
            self.security = security
            self.devices = devices
            self.mounts = mounts
            self.files = files
            self.platform = platform
        }
    }

    /// What a command finds mounted.
    package struct Mount: Sendable, Hashable {
        package var options: Instruction.Run.Mount
        /// The digest of what a `bind` mount shows: names, permissions, owners and contents, not times.
        package var content: String?

        package init(options: Instruction.Run.Mount, content: String? = nil) {
            self.options = options
            self.content = content
        }
    }

    /// Files that are copied or added.
    package struct Files: Sendable, Hashable {
        /// One source.
        package struct Source: Sendable, Hashable {
            /// The last component of its path or address: it decides the name of the copy.
            package var name: String
            /// The digest of what is copied: names, permissions, owners and contents, not times.
            package var content: String

            package init(name: String, content: String) {
                self.name = name
                self.content = content
            }
        }

        package var sources: [Source]
        /// The path to copy to, from the root.
        ///
        /// A slash at its end counts.
        package var destination: String
        package var chown: String?
        package var chmod: String?
        /// Whether the sources' parent directories are kept.
        package var keepsParents: Bool
        /// Whether archives are unpacked.
        package var unpacks: Bool
        /// The time that the copies get, in seconds since 1970; nil for the sources' own.
        package var time: UInt64?

        package init(
            sources: [Source],
            destination: String,
            chown: String? = nil,
            chmod: String? = nil,
            keepsParents: Bool = false,
            unpacks: Bool = false,
            time: UInt64? = nil
        ) {
            self.sources = sources
            self.destination = destination
            self.chown = chown
            self.chmod = chmod
            self.keepsParents = keepsParents
            self.unpacks = unpacks
            self.time = time
        }
    }

    /// A working directory.
    package struct Directory: Sendable, Hashable {
        package var path: String
        /// The user whom the directory belongs to, if it is made.
        package var owner: String
        /// The time that the directory gets, in seconds since 1970; nil for now.
        package var time: UInt64?

        package init(path: String, owner: String = "", time: UInt64? = nil) {
            self.path = path
            self.owner = owner
            self.time = time
        }
    }
}
