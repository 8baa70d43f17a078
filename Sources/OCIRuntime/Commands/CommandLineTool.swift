// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import ContainerKit
internal import Glibc
internal import SystemPackage

/// The command line of an OCI runtime: runc's, with what crun adds.
package struct CommandLineTool {
    package static let version = "0.2.0"

    /// Runs the command that this process was started with, and ends the process.
    ///
    /// An asynchronous `main` would end the main thread at once, for which a static program's C library sorts all its
    /// unwind tables: several milliseconds of each command. This one keeps the thread, for signals.
    package static func main() -> Never {
        Task { exit(await run(Array(CommandLine.arguments.dropFirst()))) }
        nestbox_wait_for_signals()
    }

    /// Runs a command and gives the code to end with.
    package static func run(_ arguments: [String]) async -> Int32 {
        var context = CommandContext()
        do {
            let scanner = try ArgumentScanner(
                arguments,
                valued: ["--root", "--log", "--log-format", "--log-level", "--criu", "--rootless", "--cgroup-manager"],
                plain: ["--debug", "--systemd-cgroup", "--version", "--help"],
                aliases: ["-v": "--version", "-h": "--help"],
                stopsAtWord: true
            )
            if let root = scanner["--root"] ?? CommandContext.ownRoot { context.root = FilePath(root) }
            context.log = scanner["--log"].flatMap { $0.isEmpty || $0 == "/dev/stderr" ? nil : FilePath($0) }
            context.logsJSON = scanner["--log-format"] == "json"
            context.isDebug = scanner.isSet("--debug")
            if scanner.isSet("--version") {
                CommandContext.print(
                    "nestbox-oci version \(version)\ncommit: \(version)\nspec: \(SpecificationReader.version)"
                )
                return 0
            }
            if scanner.isSet("--systemd-cgroup") || scanner["--cgroup-manager"] == "systemd" {
                throw OCIError(
                    "control groups made by systemd are not supported by this runtime: have the engine use cgroupfs"
                        + " (Podman: --cgroup-manager cgroupfs; Docker: native.cgroupdriver=cgroupfs)"
                )
            }
            if let manager = scanner["--cgroup-manager"], !["cgroupfs", "disabled"].contains(manager) {
                throw OCIError("cgroup manager '\(manager)' is unknown")
            }
            context.hasGroups = scanner["--cgroup-manager"] != "disabled"
            guard let name = scanner.words.first, !scanner.isSet("--help") else {
                CommandContext.print(usage)
                return scanner.isSet("--help") ? 0 : 1
            }
            return try await command(name, Array(scanner.words.dropFirst()), context)
        } catch {
            let failure =
                (error as? OCIError) ?? (error as? ContainerError).map { OCIError($0) } ?? OCIError("\(error)")
            context.record("error", failure.description)
            if context.log != nil { CommandContext.print(failure.description, to: .standardError) }
            return failure.exitCode
        }
    }

    private static let usage = """
        usage: nestbox-oci [--root DIR] [--log FILE] [--log-format text|json] [--systemd-cgroup] COMMAND ...
        commands: create start run state kill delete exec ps list pause resume update events features spec
        """

    private static func command(_ name: String, _ arguments: [String], _ context: CommandContext) async throws -> Int32
    {
        switch name {
        case "create": try await CreateCommand.run(arguments, context)
        case "start": try await StartCommand.run(arguments, context)
        case "run": try await RunCommand.run(arguments, context)
        case "state": try StateCommand.run(arguments, context)
        case "kill": try KillCommand.run(arguments, context)
        case "delete": try await DeleteCommand.run(arguments, context)
        case "exec": try await ExecCommand.run(arguments, context)
        case "ps": try ProcessesCommand.run(arguments, context)
        case "list": try ListCommand.run(arguments, context)
        case "pause": try FreezerCommand.run(arguments, context, isPaused: true)
        case "resume": try FreezerCommand.run(arguments, context, isPaused: false)
        case "update": try UpdateCommand.run(arguments, context)
        case "events": try await EventsCommand.run(arguments, context)
        case "features": FeaturesCommand.run()
        case "spec": try SpecCommand.run(arguments)
        case "checkpoint", "restore": throw OCIError("\(name) is not supported by this runtime")
        default: throw OCIError("command '\(name)' is unknown\n\(usage)")
        }
    }
}
