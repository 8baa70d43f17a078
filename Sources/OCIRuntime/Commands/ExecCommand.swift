// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import Glibc
internal import SystemPackage

/// Runs a further program in a container.
enum ExecCommand {
    static func run(_ arguments: [String], _ context: CommandContext) async throws -> Int32 {
        let scanner = try ArgumentScanner(
            arguments,
            valued: [
                "--console-socket", "--cwd", "--env", "--user", "--additional-gids", "--process", "--pid-file",
                "--process-label", "--apparmor", "--cap", "--preserve-fds", "--cgroup", "--pidfd-socket",
            ],
            plain: ["--tty", "--detach", "--no-new-privs", "--ignore-paused"],
            aliases: [
                "-e": "--env", "-u": "--user", "-g": "--additional-gids", "-p": "--process", "-c": "--cap",
                "-t": "--tty", "-d": "--detach",
            ],
            stopsAtWord: true
        )
        let identifier = try scanner.word(0, "the container's id")
        let folder = try context.folder(identifier)
        let state = try folder.read()
        var reader = try SpecificationReader(
            bundle: state.bundle,
            identifier: identifier,
            configuration: folder.configurationPath
        )
        let configuration = try reader.read()
        let runtime = try context.runtime()
        let found = try context.find(state, runtime, seccomp: configuration.seccomp)
        let known = reader.warnings.count
        let process = try process(scanner, &reader, configuration.process)
        for warning in reader.warnings.dropFirst(known) { context.record("warning", warning) }
        let isDetached = scanner.isSet("--detach")
        if process.terminal != nil, isDetached, scanner["--console-socket"] == nil {
            throw OCIError("a detached program with a terminal needs --console-socket")
        }
        let program = try await found.executeDetached(process, isWatched: !isDetached)
        if let socket = scanner["--console-socket"], let terminal = program.terminal {
            try CreateCommand.send(try terminal.duplicate(), to: socket, named: "/dev/ptmx")
        }
        if let socket = scanner["--pidfd-socket"] {
            try CreateCommand.sendProcess(try program.duplicateProcessDescriptor(), to: socket)
        }
        if let file = scanner["--pid-file"] {
            try StateFile.write(String(program.processIdentifier).utf8, to: FilePath(file))
        }
        if isDetached { return 0 }
        let relay = TerminalRelay(scanner["--console-socket"] == nil ? program.terminal : nil)
        let status = try await relay.follow(
            input: program.standardInput,
            output: program.standardOutput,
            send: { try? program.send($0) },
            wait: { try await program.wait() }
        )
        return Int32(status.shellCode)
    }

    /// What is to run: as the engine has written it, or as the container's own program but for what the flags say.
    private static func process(
        _ scanner: ArgumentScanner,
        _ reader: inout SpecificationReader,
        _ first: ProcessConfiguration
    ) throws -> ProcessConfiguration {
        var process = first
        if let file = scanner["--process"] {
            let value = try JSONParser.parse(StateFile.read(FilePath(file)))
            process = try reader.processConfiguration(JSONObject(value, path: "process"))
        } else {
            process.arguments = Array(scanner.words.dropFirst())
            process.terminal = scanner.isSet("--tty") ? Terminal.Size() : nil
            process.oomScoreAdjustment = nil
            if let directory = scanner["--cwd"] { process.workingDirectory = FilePath(directory) }
            process.environment += scanner.values["--env"] ?? []
            if let user = scanner["--user"] { process.user = try self.user(user, scanner) }
            if scanner.isSet("--no-new-privs") { process.noNewPrivileges = true }
            for name in scanner.values["--cap"] ?? [] {
                guard let capability = Capability(name: name) else { throw OCIError("capability '\(name)' is unknown") }
                let set = CapabilitySet(capability)
                process.capabilities.bounding.insert(set)
                process.capabilities.permitted.insert(set)
                process.capabilities.effective.insert(set)
            }
        }
        process.descriptors = try CreateCommand.preserved(scanner["--preserve-fds"])
        return process
    }

    private static func user(_ text: String, _ scanner: ArgumentScanner) throws(OCIError) -> ProcessUser {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let user = UInt32(parts[0]), parts.count <= 2 else {
            throw OCIError("--user must be uid[:gid] in numbers")
        }
        var group: UInt32 = 0
        if parts.count == 2 {
            guard let number = UInt32(parts[1]) else { throw OCIError("--user must be uid[:gid] in numbers") }
            group = number
        }
        let groups = (scanner.values["--additional-gids"] ?? []).compactMap { UInt32($0) }
        return .numbers(user: user, group: group, supplementaryGroups: groups)
    }
}
