// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore

/// Finds the files that `COPY`, `ADD` and bind mounts name.
struct TreeSelector: Sendable {
    let root: TreeRoot
    /// What the context leaves out.
    var ignore: IgnoreFile?
    /// Who the files are said to belong to; nil for their own owners.
    var owner: FileOwner?
    let cancellation: CancellationFlag

    /// The trees of a source: a path, or a pattern with wildcards.
    ///
    /// A pattern that fits nothing gives none; a path that is not there is an error.
    func select(_ source: String, excluding excludes: IgnoreFile?) throws -> [SelectedTree] {
        let clean = CleanPath.clean("/" + source)
        guard PathPattern.hasWildcards(clean) else {
            guard let tree = try tree(at: clean, excluding: excludes) else { throw Self.missing(clean, ignore) }
            return [tree]
        }
        return try PathPattern(clean).matches(in: root).compactMap { path in
            try tree(at: path.description, path: path, excluding: excludes)
        }
    }

    /// The files that a pattern names, in the directory before `/./`: `--parents`.
    func selectWithParents(_ source: String, excluding excludes: IgnoreFile?) throws -> [SelectedTree] {
        let (base, pattern) = Self.pivot(source)
        let relative = String(CleanPath.clean("/" + pattern).dropFirst())
        let includes = try IgnoreFile.make(patterns: [relative])
        guard relative.isEmpty || !includes.patterns.isEmpty else { return [] }
        let bases = try PathPattern.hasWildcards(base) ? PathPattern(base).matches(in: root) : [FileName(base)]
        var trees: [SelectedTree] = []
        for path in bases {
            let includes = relative.isEmpty ? nil : includes
            guard let tree = try tree(at: path.description, path: path, excluding: excludes, including: includes) else {
                throw Self.missing(path.description, ignore)
            }
            let isLiteral = !PathPattern.hasWildcards(base) && !PathPattern.hasWildcards(relative)
            if isLiteral, tree.isDirectory, !tree.entries.contains(where: { $0.path.description == relative }),
                !relative.isEmpty
            {
                throw Self.missing(CleanPath.join(base, relative), ignore)
            }
            trees.append(tree)
        }
        return trees
    }

    /// The file of this very name, which holds no pattern.
    func selectFile(_ name: FileName) throws -> SelectedTree? {
        try tree(at: "/" + name.description, path: name, excluding: nil)
    }

    /// What a path stands for, which holds no pattern.
    func selectPath(_ path: String) throws -> SelectedTree? {
        try tree(at: CleanPath.clean("/" + path), excluding: nil)
    }

    private static func pivot(_ source: String) -> (base: String, pattern: String) {
        let components = source.split(separator: "/", omittingEmptySubsequences: false)
        guard let dot = components.dropFirst().dropLast().firstIndex(of: ".") else { return ("/", source) }
        return (
            CleanPath.clean("/" + components[..<dot].joined(separator: "/")),
            components[(dot + 1)...].joined(separator: "/")
        )
    }

    private static func missing(_ path: String, _ ignore: IgnoreFile?) -> ImageBuilderError {
        let isIgnored = ignore?.ignores(String(path.dropFirst())) == true
        let why = isIgnored ? "is left out by the ignore file" : "does not exist"
        return ImageBuilderError(.sourceNotFound, "\(path.inQuotes) \(why)")
    }

    /// What a path stands for; a link at its end is followed.
    private func tree(
        at path: String,
        path bytes: FileName? = nil,
        excluding excludes: IgnoreFile?,
        including includes: IgnoreFile? = nil
    ) throws -> SelectedTree? {
        if path != "/", ignore?.ignores(String(path.dropFirst())) == true, ignore?.hasExceptions != true { return nil }
        guard let place = try root.open(bytes ?? FileName(path), O_PATH) else { return nil }
        let status = try place.status()
        var filter = TreeFilter(ignore: ignore, excludes: excludes, includes: includes)
        let real = ignore == nil ? path : try realPath(place)
        let name = (bytes ?? FileName(path)).split.last
        guard status.isDirectory else {
            // A single file goes by its name.
            let isTaken = filter.ignore?.ignores(String(real.dropFirst())) != true
            guard isTaken, excludes?.ignores(name.description) != true else {
                if isTaken { return SelectedTree(name: name, top: place, status: status, entries: [], owner: owner) }
                return nil
            }
            let entry = SelectedTree.Entry(path: FileName(""), status: status)
            return SelectedTree(name: name, top: place, status: status, entries: [entry], owner: owner)
        }
        filter.place = real == "/" ? "" : real.dropFirst() + "/"
        let directory = try place.openBeneath(FileName(""), O_RDONLY | O_DIRECTORY)
        var entries = [SelectedTree.Entry(path: FileName(""), status: status)]
        try walk(directory, at: FileName(""), filter, into: &entries)
        if real != "/", entries.count == 1, ignore?.ignores(String(real.dropFirst())) == true { return nil }
        return SelectedTree(name: name, top: directory, status: status, entries: entries, owner: owner)
    }

    private func walk(
        _ directory: OpenFile,
        at path: FileName,
        _ filter: TreeFilter,
        into entries: inout [SelectedTree.Entry]
    ) throws {
        try cancellation.check()
        for name in try directory.names() {
            guard let status = try directory.status(of: name) else { continue }
            // Sockets belong to running programs, and whiteouts are no files.
            if status.type == S_IFSOCK || status.isWhiteout { continue }
            let own = path.appending(name)
            let isTaken = filter.takesAll || filter.takes(own.description)
            guard status.isDirectory else {
                if isTaken { entries.append(.init(path: own, status: status)) }
                continue
            }
            guard isTaken || filter.mayTakeWithin(own.description) else { continue }
            guard let child = try directory.open(name, O_RDONLY | O_DIRECTORY) else { continue }
            let count = entries.count
            entries.append(.init(path: own, status: status))
            try walk(child, at: own, filter, into: &entries)
            // A directory that is not taken is there for what is taken in it.
            if !isTaken, entries.count == count + 1 { entries.removeLast() }
        }
    }

    private func realPath(_ place: OpenFile) throws(ImageBuilderError) -> String {
        let base = try root.directory.realPath()
        let real = try place.realPath()
        guard base != "/" else { return real }
        return real == base ? "/" : String(real.dropFirst(base.count))
    }
}

extension IgnoreFile {
    /// Patterns of an instruction.
    static func make(patterns: [String]) throws(ImageBuilderError) -> IgnoreFile {
        do {
            return try IgnoreFile(patterns: patterns)
        } catch {
            throw ImageBuilderError(.invalidPattern, error.message)
        }
    }
}
