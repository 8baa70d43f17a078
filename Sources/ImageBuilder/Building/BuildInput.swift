// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// What a build reads before it begins: the Dockerfile, the context's directory, and what the context leaves out.
struct BuildInput: Sendable {
    /// The most bytes of a Dockerfile or an ignore file.
    static let maxSize = 16 << 20

    let text: String
    let file: String
    let context: TreeRoot?
    let ignore: IgnoreFile?

    init(_ files: ContextFiles, _ dockerfile: DockerfileSource) throws {
        context = files.root
        var ignore: IgnoreFile?
        switch dockerfile.source {
        case .named(let path) where files.dockerfile != nil:
            guard path == "Dockerfile" else {
                throw ImageBuilderError(.context, "the context is a Dockerfile itself and has no file \(path.inQuotes)")
            }
            (self.text, file) = (files.dockerfile ?? "", path)
        case .text(let text, let name):
            (self.text, file) = (text, name)
        case .named(let path):
            guard let text = try Self.read(path, in: self.context) else {
                throw ImageBuilderError(.context, "there is no \(path) in the build context")
            }
            (self.text, file) = (text, path)
            ignore = try Self.ignoreFile("\(path).dockerignore", in: self.context)
        case .file(let path):
            file = path.lastComponent?.string ?? path.string
            let directory = path.removingLastComponent()
            let root = try TreeRoot(path: directory.isEmpty ? "." : directory)
            guard let text = try Self.read(file, in: root) else {
                throw ImageBuilderError(.context, "there is no file \(path.string.inQuotes)")
            }
            self.text = text
            ignore = try Self.ignoreFile("\(file).dockerignore", in: root)
        }
        self.ignore = try ignore ?? Self.ignoreFile(".dockerignore", in: self.context)
    }

    private static func ignoreFile(_ name: String, in root: TreeRoot?) throws -> IgnoreFile? {
        guard let text = try read(name, in: root) else { return nil }
        let file = try IgnoreFile(parsing: text, file: name)
        return file.patterns.isEmpty ? nil : file
    }

    private static func read(_ path: String, in root: TreeRoot?) throws -> String? {
        guard let root, let place = try root.open(FileName(path), O_PATH) else { return nil }
        guard try place.status().isFile else {
            throw ImageBuilderError(.context, "\(path.inQuotes) is no file")
        }
        guard let bytes = try place.reopened().content(upTo: maxSize) else {
            throw ImageBuilderError(.context, "\(path.inQuotes) has more than \(maxSize) bytes")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
