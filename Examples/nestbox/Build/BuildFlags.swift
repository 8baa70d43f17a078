// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import ImageBuilder
import ImageStore
import SystemPackage

/// What `build` takes for the build itself, with Docker's names.
struct BuildFlags: ParsableArguments {
    @Option(name: [.short, .long], help: "A name for the image; may be given several times.")
    var tag: [String] = []

    @Option(help: ArgumentHelp("A value for an ARG; without =, this shell's variable.", valueName: "name=value"))
    var buildArg: [String] = []

    @Option(help: "The stage to build.")
    var target: String?

    @Flag(help: "Use no results of earlier builds.")
    var noCache = false

    @Option(help: ArgumentHelp("A secret: id=NAME,src=FILE or id=NAME,env=VARIABLE.", valueName: "secret"))
    var secret: [String] = []

    @Option(help: ArgumentHelp("An SSH agent: default, or ID=SOCKET.", valueName: "agent"))
    var ssh: [String] = []

    @Option(help: "What the image is for, such as linux/arm64.")
    var platform: String?

    @Option(help: ArgumentHelp("A label for the image.", valueName: "name=value"))
    var label: [String] = []

    @Option(
        help: ArgumentHelp(
            "A cache to look into: type=registry,ref=NAME or type=local,src=DIRECTORY.",
            valueName: "cache"
        )
    )
    var cacheFrom: [String] = []

    @Option(
        help: ArgumentHelp(
            "A cache to fill: type=registry,ref=NAME or type=local,dest=DIRECTORY; mode=max for all stages' steps.",
            valueName: "cache"
        )
    )
    var cacheTo: [String] = []

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            """
            What to make of the result: type=image, type=oci,dest=FILE, type=tar,dest=FILE or type=local,dest=DIRECTORY; \
            the FILE - is standard output.
            """,
            valueName: "output"
        )
    )
    var output: [String] = []

    @Option(help: ArgumentHelp("A name that commands can look up.", valueName: "name:address"))
    var addHost: [String] = []

    @Option(help: "The network of commands: default, none or host.")
    var network = "default"

    @Option(help: "Allow network.host or security.insecure.")
    var allow: [String] = []

    @Option(
        help: ArgumentHelp(
            "A further context: NAME=DIRECTORY, NAME=ADDRESS or NAME=docker-image://IMAGE.",
            valueName: "context"
        )
    )
    var buildContext: [String] = []

    /// The options of the build; caches in registries are reached by `registry`.
    func options(registry: any ArtifactRegistry) throws -> ImageBuilder.Options {
        var options = ImageBuilder.Options()
        options.tags = try tag.map { try ImageReference($0) }
        options.target = target
        options.usesCache = !noCache
        options.platform = try platform.map { try Platform(argument: $0) }
        for text in buildArg {
            let (name, value) = try Self.pair(text, "--build-arg", orVariable: true)
            if let value { options.arguments[name] = value }
        }
        for text in label {
            let (name, value) = try Self.pair(text, "--label")
            options.labels[name] = value ?? ""
        }
        for text in secret {
            let (id, secret) = try BuildFlagText.secret(text)
            options.secrets[id] = secret
        }
        for text in ssh {
            let (id, agent) = try BuildFlagText.agent(text)
            options.agents[id] = agent
        }
        for text in buildContext {
            let (name, value) = try Self.pair(text, "--build-context")
            options.contexts[name] = try BuildFlagText.context(value ?? "")
        }
        options.cacheSources = try cacheFrom.map { try CacheFlagText($0, "--cache-from").source(in: registry) }
        options.cacheExports = try cacheTo.map { try CacheFlagText($0, "--cache-to").export(in: registry) }
        options.hosts = try addHost.map { try BuildFlagText.host($0) }
        guard let network = [Instruction.Run.Network.default, .none, .host].first(where: { $0.description == network })
        else { throw ValidationError("--network must be default, none or host, not '\(network)'") }
        options.network = network
        options.permissions = try Set(
            allow.map { name in
                guard let permission = BuildPermission(name) else {
                    throw ValidationError("--allow must be network.host or security.insecure, not '\(name)'")
                }
                return permission
            }
        )
        try checkStandardOutput()
        for text in output { try BuildFlagText.addOutput(text, to: &options) }
        if !output.isEmpty { options.outputs.removeFirst() }
        return options
    }

    /// Whether an archive goes to standard output.
    var writesArchive: Bool { output.contains(where: BuildFlagText.isForStandardOutput) }

    private func checkStandardOutput() throws {
        guard writesArchive else { return }
        guard output.count(where: BuildFlagText.isForStandardOutput) == 1 else {
            throw ValidationError("--output: standard output takes one archive only")
        }
        try StandardStreams.refuseTerminalOutput(
            "--output: an archive is not for a terminal: send it to a file or a program"
        )
    }

    private static func pair(
        _ text: String,
        _ flag: String,
        orVariable: Bool = false
    ) throws -> (name: String, value: String?) {
        guard let equals = text.firstIndex(of: "=") else {
            guard orVariable else { throw ValidationError("\(flag) must be of the form name=value, not '\(text)'") }
            return (text, getenv(text).map { String(cString: $0) })
        }
        guard equals > text.startIndex else { throw ValidationError("\(flag) '\(text)' has no name") }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
