// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ParseCase {
    /// A typed command: of each kind, only its own members are there.
    struct Command: Decodable {
        struct Pair: Decodable, Equatable {
            var Key: String
            var Value: String
            var NoDelim: Bool
        }

        struct Health: Decodable, Equatable {
            var Test: [String]
            var Interval: Int64?
            var Timeout: Int64?
            var StartPeriod: Int64?
            var StartInterval: Int64?
            var Retries: Int?
        }

        struct InlineFile: Decodable, Equatable {
            var Name: String
            var Data: String
            var Chomp: Bool
        }

        struct SourceContent: Decodable, Equatable {
            var Path: String
            var Data: String
            var Expand: Bool
        }

        struct Mount: Decodable, Equatable {
            var `Type`: String
            var From: String
            var Source: String
            var Target: String
            var ReadOnly: Bool
            var SizeLimit: Int64
            var CacheID: String
            var CacheSharing: String
            var Required: Bool
            var Env: String?
            var Mode: UInt32?
            var UID: UInt32?
            var GID: UInt32?
        }

        struct Value: Decodable, Equatable {
            var Args: [Argument]?
            var Checksum: String?
            var Chmod: String?
            var Chown: String?
            var CmdLine: [String]?
            var DestPath: String?
            var Env: [Pair]?
            var ExcludePatterns: [String]?
            var Expression: String?
            var Files: [InlineFile]?
            var FlagsUsed: [String]?
            var From: String?
            var Health: Health?
            var KeepGitDir: Bool?
            var Labels: [Pair]?
            var Link: Bool?
            var Maintainer: String?
            var Parents: Bool?
            var Path: String?
            var Ports: [String]?
            var PrependShell: Bool?
            var Shell: [String]?
            var Signal: String?
            var SourceContents: [SourceContent]?
            var SourcePaths: [String]?
            var Unpack: Bool?
            var User: String?
            var Volumes: [String]?
        }

        var type: String
        var value: Value
        var network: String?
        var security: String?
        var mounts: [Mount]?
    }
}
