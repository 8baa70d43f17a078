// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import ContainerKit
internal import Glibc
internal import SystemPackage

/// The command line of an OCI runtime: runc's, with what crun adds.
package struct CommandLineTool {
    package static let version = "0.1.0"

    /// Runs the command that this process was started with, and ends the process.
    ///
    /// An asynchronous `main` would end the main thread at once, for which a static program's C library sorts all its
    /// unwind tables: several milliseconds of each command. This one keeps the thread, for signals. A command that waits
    /// for nothing is done on it, and no other thread is ever started.
    package static func main() -> Never {
        switch begin(Array(CommandLine.arguments.dropFirst())) {
        case .ended(let code): exit(code)
        case .waits(let rest):
            Task { exit((try? await rest()) ?? 1) }
            nestbox_wait_for_signals()
        }
    }

    /// Runs a command as far as it goes without waiting for anything.
    static func begin(_ arguments: [String]) -> CommandOutcome {
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
                return .ended(0)
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
                return .ended(scanner.isSet("--help") ? 0 : 1)
            }
            let outcome = try command(name, Array(scanner.words.dropFirst()), context)
            guard case .waits(let rest) = outcome else { return outcome }
            let settled = context
            return .waits {
                do {
                    return try await rest()
                } catch {
                    return settled.report(error)
                }
            }
        } catch {
            return .ended(context.report(error))
        }
    }

    private static let usage = """
        usage: nestbox-oci [--root DIR] [--log FILE] [--log-format text|json] [--systemd-cgroup] COMMAND ...
        commands: create start run state kill delete exec ps list pause resume update events features spec
        """

    private static func command(
        _ name: String,
        _ arguments: [String],
        _ context: CommandContext
    ) throws -> CommandOutcome {
        switch name {
        case "create": .waits { try await CreateCommand.run(arguments, context) }
        case "start": try StartCommand.run(arguments, context)
        case "run": .waits { try await RunCommand.run(arguments, context) }
        case "state": .ended(try StateCommand.run(arguments, context))
        case "kill": .ended(try KillCommand.run(arguments, context))
        case "delete": try DeleteCommand.run(arguments, context)
        case "exec": .waits { try await ExecCommand.run(arguments, context) }
        case "ps": .ended(try ProcessesCommand.run(arguments, context))
        case "list": .ended(try ListCommand.run(arguments, context))
        case "pause": .ended(try FreezerCommand.run(arguments, context, isPaused: true))
        case "resume": .ended(try FreezerCommand.run(arguments, context, isPaused: false))
        case "update": .ended(try UpdateCommand.run(arguments, context))
        case "events": try EventsCommand.run(arguments, context)
        case "features": .ended(FeaturesCommand.run())
        case "spec": .ended(try SpecCommand.run(arguments))
        case "checkpoint", "restore": throw OCIError("\(name) is not supported by this runtime")
        default: throw OCIError("command '\(name)' is unknown\n\(usage)")
        }
    }
}
