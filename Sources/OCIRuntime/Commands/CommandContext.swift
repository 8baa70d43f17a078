// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import ContainerKit
internal import Glibc
package import SystemPackage

/// What all commands share: the options before the command's name.
package struct CommandContext: Sendable {
    package var root: FilePath = "/run/nestbox-oci"
    package var log: FilePath?
    package var logsJSON = false
    package var isDebug = false
    /// Whether containers get control groups at all.
    package var hasGroups = true

    package init() {}

    /// Where a user without root keeps the state of its containers; `nil` for root, or without a directory for it.
    package static var ownRoot: String? {
        guard let directory = getenv("XDG_RUNTIME_DIR") else { return nil }
        let path = String(cString: directory)
        // Podman without root calls as root of a user namespace of its own.
        let rights = HostRights.current()
        return path.hasPrefix("/") && (rights.user != 0 || rights.isNested) ? path + "/nestbox-oci" : nil
    }

    /// Tells a warning or an error in the log that the engine reads.
    package func record(_ level: String, _ message: String) {
        guard let log else {
            if level != "debug" { Self.print("\(level): \(message)", to: .standardError) }
            return
        }
        let time = ContainerState.now()
        let line =
            logsJSON
            ? JSONValue.object(["level": .string(level), "msg": .string(message), "time": .string(time)]).description
            : "time=\"\(time)\" level=\(level) msg=\(JSONValue.string(message))"
        let file = try? FileDescriptor.open(
            log,
            .writeOnly,
            options: [.create, .append, .closeOnExec],
            permissions: FilePermissions(rawValue: 0o644)
        )
        guard let file else { return }
        _ = try? file.closeAfter { try file.writeAll((line + "\n").utf8) }
    }

    /// Tells an error where engines look for it.
    ///
    /// - Parameter error: What a command has thrown.
    /// - Returns: The code to end with.
    func report(_ error: any Error) -> Int32 {
        let failure = (error as? OCIError) ?? (error as? ContainerError).map { OCIError($0) } ?? OCIError("\(error)")
        record("error", failure.description)
        if log != nil { Self.print(failure.description, to: .standardError) }
        return failure.exitCode
    }

    package static func print(_ text: String, to file: FileDescriptor = .standardOutput) {
        _ = try? file.writeAll((text + "\n").utf8)
    }

    /// A runtime that leaves its containers to themselves, and its compiled seccomp filters to the next command.
    package func runtime() throws -> ContainerRuntime {
        var configuration = ContainerRuntime.Configuration()
        configuration.isDetached = true
        configuration.filters = Self.program.map {
            SeccompFilterStore(directory: root.appending(".filters"), compiler: $0)
        }
        return try ContainerRuntime(configuration: configuration)
    }

    /// What tells this program from all others, also from one that was built anew under the same name.
    private static let program: String? = {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return nil }
        let time = "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        return "\(CommandLineTool.version) \(status.st_dev) \(status.st_ino) \(status.st_size) \(time)"
    }()

    package func folder(_ identifier: String) throws(OCIError) -> ContainerFolder {
        try ContainerFolder(identifier, root: root)
    }

    /// A container that runs, for what is done at once.
    package func control(_ identifier: String) throws -> (ContainerControl, ContainerState) {
        let state = try folder(identifier).read()
        guard let control = try? ContainerControl(state.reference) else {
            throw OCIError("container '\(identifier)' is not running: it is stopped")
        }
        return (control, state)
    }

    /// A container that runs.
    package func running(_ identifier: String, _ runtime: ContainerRuntime) throws -> (FoundContainer, ContainerState) {
        let state = try folder(identifier).read()
        return (try find(state, runtime), state)
    }

    /// The container of a state, which has to run; further programs may call what `seccomp` says.
    package func find(
        _ state: ContainerState,
        _ runtime: ContainerRuntime,
        seccomp: SeccompPolicy = .standard
    ) throws -> FoundContainer {
        guard ContainerRuntime.isAlive(state.reference) else {
            throw OCIError("container '\(state.reference.identifier)' is not running: it is stopped")
        }
        return try runtime.find(state.reference, seccomp: seccomp)
    }
}
