// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A case of `dockerfile-parse.jsonl`.
struct ParseCase: Decodable {
    struct Heredoc: Decodable, Equatable {
        var Name: String
        var FileDescriptor: UInt
        var Expand: Bool
        var Chomp: Bool
        var Content: String
    }

    final class Node: Decodable {
        let instruction: String
        let original: String
        let flags: [String]?
        let args: [String]
        let json: Bool?
        let heredocs: [Heredoc]?
        let comments: [String]?
        let startLine: Int
        let endLine: Int
        let sub: Node?
    }

    struct Lint: Decodable, Equatable {
        var rule: String
        var msg: String
        var line: Int
    }

    struct Argument: Decodable, Equatable {
        var Key: String
        var Value: String?
        var DocComment: String
    }

    struct Stage: Decodable {
        var name: String
        var base: String
        var platform: String
        var commands: [Command]?
    }

    struct Expectation: Decodable {
        var nodes: [Node]?
        var dump: String?
        var escape: String?
        var syntax: String?
        var warnings: [String]?
        var lints: [Lint]?
        var stages: [Stage]?
        var globalArgs: [[Argument]]?
        var parseError: String?
        var instructionError: String?
    }

    var name: String
    var text: String
    var expect: Expectation
}
