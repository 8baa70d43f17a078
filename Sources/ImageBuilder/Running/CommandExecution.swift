// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import ImageStore
import SystemPackage

/// Runs one command in a container on a stage's layers; what it changes goes into the upper directory.
struct CommandExecution: Sendable {
    /// The host name that commands see, as in BuildKit.
    private static let hostName = "buildkitsandbox"

    let runner: StepRunner
    let words: CommandWords
    let scope: StageScope
    let user: String
    let network: Instruction.Run.Network
    let isInsecure: Bool
    let upper: FilePath
    let lower: [FilePath]

    private var run: BuildRun { runner.run }

    /// Runs the command.
    ///
    /// - Throws: ``ImageBuilderError`` with the code `commandFailed` unless it ends with 0.
    func perform(_ mounts: MountPreparation) async throws {
        let prepared = try await mounts.prepare()
        guard network == .default, let own = try await run.networks.take() else {
            return try await perform(prepared, nil)
        }
        do {
            try await perform(prepared, own)
        } catch {
            await own.end()
            throw error
        }
        // One that could be changed at will is nothing for the next command.
        if isInsecure { await own.end() } else { run.networks.leave(own) }
    }

    private func perform(_ prepared: [PreparedMount], _ own: BuildNetwork?) async throws {
        let directory = try run.session.makeDirectory()
        let configuration = try configuration(prepared, directory, own)
        let targets = configuration.mounts.map { $0.target.string }
        let stubs = try MountStubs(for: targets, in: try TreeRoot.layers(lower, empty: run.empty))
        let status = try await execute(configuration)
        withExtendedLifetime(prepared) {}
        try stubs.remove(from: upper)
        guard status.isSuccess else {
            throw ImageBuilderError(
                .commandFailed,
                "the command \(words.arguments.joined(separator: " ").inQuotes) \(status)",
                exitCode: status.shellCode
            )
        }
    }

    private func execute(_ configuration: ContainerConfiguration) async throws -> TerminationStatus {
        do {
            return try await run.builder.runtime.withContainer(configuration) { container in
                async let output: Void = pass(container.standardOutput)
                async let errors: Void = pass(container.standardError)
                try await output
                try await errors
                return try await container.wait()
            }
        } catch let error as ContainerError {
            throw ImageBuilderError(.commandNotStarted, "the command can't be run: \(error)")
        }
    }

    private func pass(_ bytes: ByteSequence) async throws {
        for try await line in bytes.lines { run.report(.output, runner.title, text: line) }
    }
}

// MARK: Configuration

extension CommandExecution {
    private func configuration(
        _ prepared: [PreparedMount],
        _ directory: FilePath,
        _ own: BuildNetwork?
    ) throws -> ContainerConfiguration {
        let work = directory.appending("work")
        try SystemCall.check("mkdir", work.string) { mkdir(work.string, 0o700) }
        let root = RootFilesystem.overlay(
            layers: lower.isEmpty ? [run.empty] : lower.reversed(),
            writable: .init(upper: upper, work: work, isVolatile: true)
        )
        var configuration = ContainerConfiguration(rootFilesystem: root, process: process(prepared))
        configuration.hostName = Self.hostName
        configuration.resources = runner.plan.options.resources
        if network != .none { configuration.namespaces.network = own.map { .join($0.namespace) } ?? .host }
        if isInsecure {
            configuration.seccomp = .unconfined
            configuration.maskedPaths = []
            configuration.readOnlyPaths = []
        }
        configuration.mounts += try networkFiles(own, in: directory)
        configuration.mounts += try inlineFile(in: directory)
        configuration.mounts += prepared.compactMap(\.mount)
        return configuration
    }

    private func process(_ prepared: [PreparedMount]) -> ProcessConfiguration {
        var arguments = words.arguments
        if let program = arguments.first, program.contains("/"), !program.hasPrefix("/") {
            arguments[0] = CleanPath.join(scope.workingDirectory, program)
        }
        var environment = scope.environment
        for (name, value) in Self.proxies(runner.plan.options.arguments) where environment[name] == nil {
            environment[name] = value
        }
        var process = ProcessConfiguration(
            arguments,
            environment: environment.assignments + prepared.compactMap(\.variable),
            workingDirectory: FilePath(scope.workingDirectory),
            user: user.isEmpty ? .root : .named(user),
            output: .stream,
            error: .stream
        )
        // Set-user-ID programs such as sudo work in builds, as with Docker.
        process.noNewPrivileges = false
        if isInsecure { process.capabilities = ProcessCapabilities(Self.ownCapabilities) }
        return process
    }

    /// All that this process can give: its own bounding set.
    private static var ownCapabilities: CapabilitySet {
        let status = openReadOnly("/proc/self/status")
        guard status >= 0, let bytes = try? OpenFile(owning: status).content(upTo: 1 << 16) else { return .docker }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("CapBnd:") }
        guard let digits = line?.split(separator: "\t").last, let mask = UInt64(digits, radix: 16) else {
            return .docker
        }
        return CapabilitySet(rawValue: mask).intersection(.all)
    }

    /// The addresses of proxies, which commands get and which are part of no key and no image.
    private static func proxies(_ arguments: [String: String]) -> [(name: String, value: String)] {
        let names: Set = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"]
        return arguments.filter { names.contains($0.key.lowercased()) }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    private func networkFiles(_ own: BuildNetwork?, in directory: FilePath) throws -> [Mount] {
        var hosts = "127.0.0.1\tlocalhost \(Self.hostName)\n::1\tlocalhost ip6-localhost ip6-loopback\n"
        for host in runner.plan.options.hosts { hosts += "\(host.address)\t\(host.name)\n" }
        var mounts = [try file("hosts", Array(hosts.utf8), at: "/etc/hosts", in: directory)]
        guard network != .none else { return mounts }
        if let own {
            let content = Array(own.resolverConfiguration.utf8)
            return mounts + [try file("resolv.conf", content, at: "/etc/resolv.conf", in: directory)]
        }
        let resolver = openReadOnly("/etc/resolv.conf")
        if resolver >= 0, let content = try OpenFile(owning: resolver).content(upTo: 1 << 20) {
            mounts.append(try file("resolv.conf", content, at: "/etc/resolv.conf", in: directory))
        }
        return mounts
    }

    private func inlineFile(in directory: FilePath) throws -> [Mount] {
        guard let (name, content) = words.file else { return [] }
        let target = FilePath(CommandWords.directory).appending(name)
        return [try file("here-document", Array(content.utf8), mode: 0o755, at: target, in: directory)]
    }

    private func file(
        _ name: String,
        _ content: [UInt8],
        mode: mode_t = 0o644,
        at target: FilePath,
        in directory: FilePath
    ) throws -> Mount {
        let root = try TreeRoot(path: directory).directory
        let file = try root.create(FileName(name))
        try content.withUnsafeBytes { try file.write($0) }
        try SystemCall.check("fchmod", name) { fchmod(file.number, mode) }
        return .bind(directory.appending(name), at: target, options: [.readOnly, .followsLink])
    }
}
