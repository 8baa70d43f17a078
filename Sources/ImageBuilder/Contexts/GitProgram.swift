// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
public import SystemPackage

/// Fetches repositories with the program `git` of this machine.
///
/// A repository is taken for hostile. None of its hooks run, nor those of a template; the configuration of the machine
/// and of the user is not read, so that no filter, helper or monitor that is named there runs; only HTTP, SSH and Git's
/// own protocol are spoken, also for submodules; and nobody is asked for a password: what needs one fails.
public struct GitProgram: GitFetcher {
    /// Whether repositories of this machine's files, `file://…`, are fetched.
    ///
    /// Off by default: an address may come from somebody else. Submodules never are.
    public var allowsLocalRepositories: Bool
    /// The agent with the keys for `ssh://`; without one, only what needs no key is reached.
    public var agent: BuildAgent?

    /// Makes a fetcher.
    ///
    /// - Parameters:
    ///   - allowsLocalRepositories: Whether repositories of this machine's files are fetched.
    ///   - agent: The agent with the keys for `ssh://`.
    public init(allowsLocalRepositories: Bool = false, agent: BuildAgent? = nil) {
        self.allowsLocalRepositories = allowsLocalRepositories
        self.agent = agent
    }

    /// The commit that a source stands for now, as the repository's list of references says.
    ///
    /// - Returns: The commit's full name; nil for the beginning of one.
    /// - Throws: ``ImageBuilderError`` with code `remoteSource`.
    public func commit(of source: GitSource) async throws -> String? {
        let name = source.reference ?? "HEAD"
        if Self.isCommit(name) { return name }
        let listed = try await run(source, "ls-remote", "--quiet", "--", source.repository, name, "\(name)^{}")
        var commits: [Substring: Substring] = [:]
        for line in listed.split(separator: "\n") {
            let words = line.split(separator: "\t")
            if words.count == 2 { commits[words[1]] = words[0] }
        }
        // The order of gitrevisions(7); a tag's commit stands under its name with a mark.
        let places = [
            "\(name)^{}", name, "refs/\(name)", "refs/tags/\(name)^{}", "refs/tags/\(name)", "refs/heads/\(name)",
        ]
        guard let commit = places.lazy.compactMap({ commits[$0[...]] }).first else { return nil }
        return String(commit)
    }

    /// Fetches the files of a commit, and those of its submodules.
    ///
    /// No history is fetched, unless the commit can only be found in it.
    ///
    /// - Returns: The commit's full name.
    /// - Throws: ``ImageBuilderError`` with code `remoteSource`.
    public func checkOut(
        _ source: GitSource,
        into directory: FilePath,
        keepsRepository: Bool
    ) async throws -> String {
        let place = ["-C", directory.string]
        try await run(source, place + ["init", "--quiet", "."])
        let commit = try await fetch(source, place)
        if let checksum = source.checksum, !commit.hasPrefix(checksum.lowercased()) {
            throw failure(source, "it is the commit \(commit), not \(checksum)")
        }
        try await run(source, place + ["checkout", "--quiet", "--force", "--detach", commit])
        if access(directory.appending(".gitmodules").string, F_OK) == 0 {
            let words = ["submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"]
            try await run(source, place + words, allowsLocal: false)
        }
        if !keepsRepository { try StepRunner.discard(directory.appending(".git")) }
        return commit
    }

    private func fetch(_ source: GitSource, _ place: [String]) async throws -> String {
        let reference = source.reference ?? "HEAD"
        let options = ["fetch", "--quiet", "--no-tags"]
        do {
            try await run(source, place + options + ["--depth=1", "--", source.repository, reference])
            return try await parse("FETCH_HEAD", source, place)
        } catch let error as ImageBuilderError {
            // A commit that the server does not give by its name, or the beginning of a name.
            guard (4...64).contains(reference.count), reference.allSatisfy(\.isHexDigit) else { throw error }
            let all = ["--", source.repository, "+refs/heads/*:refs/all/*", "+refs/tags/*:refs/tags/*"]
            try await run(source, place + options + all)
            return try await parse(reference, source, place)
        }
    }

    private func parse(_ name: String, _ source: GitSource, _ place: [String]) async throws -> String {
        let commit = try await run(source, place + ["rev-parse", "--verify", "--quiet", "\(name)^{commit}"])
        return commit.filter { !$0.isWhitespace }
    }

    private static func isCommit(_ text: String) -> Bool {
        (text.count == 40 || text.count == 64) && text.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }
}

// MARK: The program

extension GitProgram {
    /// What is set whatever the machine, the user or the repository say.
    private static let settings = [
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "credential.helper=",
        "advice.detachedHead=false", "init.defaultBranch=main", "gc.auto=0", "maintenance.auto=false",
        // Damaged or forged objects are refused, but for what old programs wrote in good faith.
        "fetch.fsckObjects=true", "fetch.fsck.zeroPaddedFilemode=ignore", "fetch.fsck.missingSpaceBeforeDate=ignore",
        "fetch.fsck.badTimezone=ignore", "fetch.fsck.missingEmail=ignore", "fetch.fsck.missingSpaceBeforeEmail=ignore",
    ]

    /// The variables that reach the program from this process's own.
    private static let passed = [
        "PATH", "http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY",
        "NO_PROXY", "GIT_SSL_CAINFO", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ]

    private func environment(allowsLocal: Bool) -> [String] {
        var environment = Self.passed.compactMap { name in getenv(name).map { "\(name)=\(String(cString: $0))" } }
        environment += [
            "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TEMPLATE_DIR=",
            "GIT_TERMINAL_PROMPT=0", "GIT_ATTR_NOSYSTEM=1", "GIT_PROTOCOL_FROM_USER=0",
            "GIT_ALLOW_PROTOCOL=http:https:ssh:git" + (allowsLocal ? ":file" : ""),
            "GIT_SSH_COMMAND=ssh -o BatchMode=yes",
        ]
        if let agent { environment.append("SSH_AUTH_SOCK=\(agent.socket)") }
        return environment
    }

    @discardableResult
    private func run(_ source: GitSource, _ words: String..., allowsLocal: Bool = true) async throws -> String {
        try await run(source, words, allowsLocal: allowsLocal)
    }

    /// Runs the program.
    ///
    /// - Returns: What it wrote.
    @discardableResult
    private func run(_ source: GitSource, _ words: [String], allowsLocal: Bool = true) async throws -> String {
        guard !source.isLocal || allowsLocalRepositories else {
            throw failure(source, "repositories of this machine's files are not fetched")
        }
        let settings = Self.settings.flatMap { ["-c", $0] }
        let result = try await HostProgram.run(
            ["git"] + settings + words,
            environment: environment(allowsLocal: allowsLocal && source.isLocal)
        )
        guard result.status == 0 else {
            // It names the repository as it was given, password and all.
            let said = result.errors.split(separator: source.repository, omittingEmptySubsequences: false)
                .joined(separator: GitSource.withoutPassword(source.repository))
                .split(separator: "\n").suffix(3).joined(separator: "; ")
            throw failure(source, said.isEmpty ? "git ended with \(result.status)" : said)
        }
        return result.output
    }

    private func failure(_ source: GitSource, _ why: String) -> ImageBuilderError {
        ImageBuilderError(.remoteSource, "the repository \(source.description.inQuotes) can't be fetched: \(why)")
    }
}
