// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import ContainerKit
internal import Glibc
internal import SystemPackage

/// Makes a container whose program waits to be started, or is started at once for `run`.
struct CreateCommand {
    static let valued: Set<String> = [
        "--bundle", "--console-socket", "--pid-file", "--preserve-fds", "--config", "--pidfd-socket",
    ]
    static let plain: Set<String> = ["--no-pivot", "--no-new-keyring", "--no-subreaper", "--detach", "--keep"]
    static let aliases = ["-b": "--bundle", "-d": "--detach", "-f": "--config"]

    let scanner: ArgumentScanner
    let context: CommandContext
    let folder: ContainerFolder
    var configuration: ContainerConfiguration
    private let bundle: FilePath
    private let hasProgram: Bool

    init(_ arguments: [String], _ context: CommandContext) throws {
        self.context = context
        scanner = try ArgumentScanner(arguments, valued: Self.valued, plain: Self.plain, aliases: Self.aliases)
        folder = try context.folder(try scanner.word(0, "the container's id"))
        bundle = try Self.absolute(FilePath(scanner["--bundle"] ?? "."))
        let configurationPath = try scanner["--config"].map { try Self.absolute(FilePath($0)) }
        var reader = try SpecificationReader(
            bundle: bundle,
            identifier: folder.identifier,
            configuration: configurationPath
        )
        configuration = try reader.read()
        hasProgram = reader.hasProcess
        // The specification has `execCPUAffinity` for further programs only.
        configuration.process.processors = nil
        for warning in reader.warnings { context.record("warning", warning) }
        if !context.hasGroups { configuration.leaveOutGroups() }
        if !scanner.isSet("--no-new-keyring") { configuration.keyring = "_ses.\(folder.identifier)" }
        configuration.process.descriptors = try Self.preserved(scanner["--preserve-fds"])
    }

    static func run(_ arguments: [String], _ context: CommandContext) async throws -> Int32 {
        var command = try CreateCommand(arguments, context)
        try command.checkTerminal(isDetached: true)
        let runtime = try context.runtime()
        _ = try await command.make(runtime)
        return 0
    }

    /// A terminal needs someone who takes it.
    func checkTerminal(isDetached: Bool) throws {
        let hasTerminal = configuration.process.terminal != nil
        let socket = scanner["--console-socket"]
        if hasTerminal, isDetached, socket == nil {
            throw OCIError("a detached container with a terminal needs --console-socket")
        }
        if !hasTerminal, socket != nil { throw OCIError("--console-socket needs process.terminal to be true") }
    }

    /// Makes the container and writes down what later commands need.
    mutating func make(_ runtime: ContainerRuntime) async throws -> Container {
        try folder.make()
        do {
            configuration.launchFiles = folder.files
            try StateFile.write(
                StateFile.read(scanner["--config"].map { FilePath($0) } ?? bundle.appending("config.json")),
                to: folder.configurationPath
            )
            let container = try await runtime.create(configuration)
            container.handOver()
            do {
                try announce(container)
            } catch {
                _ = try? await container.kill()
                try? await container.delete()
                throw error
            }
            return container
        } catch {
            folder.remove()
            throw error
        }
    }

    private func announce(_ container: Container) throws {
        var state = ContainerState(
            try container.reference(),
            configuration: configuration,
            version: SpecificationReader.version,
            root: bundle
        )
        state.hasProgram = hasProgram
        try folder.write(state)
        if let socket = scanner["--console-socket"], let terminal = container.terminal {
            try Self.send(try terminal.duplicate(), to: socket, named: "/dev/ptmx")
        }
        if let socket = scanner["--pidfd-socket"] {
            try Self.sendProcess(try container.duplicateProcessDescriptor(), to: socket)
        }
        if let file = scanner["--pid-file"] {
            try StateFile.write(String(container.processIdentifier).utf8, to: FilePath(file))
        }
    }

    static func send(_ descriptor: FileDescriptor, to socket: String, named name: String) throws {
        defer { try? descriptor.close() }
        // What the engine reads must wait for what comes.
        let flags = fcntl(descriptor.rawValue, F_GETFL)
        _ = fcntl(descriptor.rawValue, F_SETFL, flags & ~O_NONBLOCK)
        let result = nestbox_send_descriptor_to(socket, descriptor.rawValue, name)
        if result < 0 { throw OCIError("the terminal can't be sent to \(socket): \(Errno(rawValue: -result))") }
    }

    /// Gives an engine the process by descriptor, which can't come to mean another.
    static func sendProcess(_ descriptor: FileDescriptor, to socket: String) throws {
        defer { try? descriptor.close() }
        let result = nestbox_send_descriptor_to(socket, descriptor.rawValue, "pidfd")
        if result < 0 { throw OCIError("the process can't be sent to \(socket): \(Errno(rawValue: -result))") }
    }

    static func preserved(_ count: String?) throws -> [FileDescriptor] {
        guard let count else { return [] }
        guard let number = CInt(count), (0...1024).contains(number) else {
            throw OCIError("--preserve-fds must be a number of descriptors")
        }
        return try (3..<(3 + number)).map { descriptor in
            guard fcntl(descriptor, F_GETFD) >= 0 else {
                throw OCIError("--preserve-fds: descriptor \(descriptor) is not open")
            }
            return FileDescriptor(rawValue: descriptor)
        }
    }

    private static func absolute(_ path: FilePath) throws -> FilePath {
        if path.isAbsolute { return path.lexicallyNormalized() }
        guard let current = getcwd(nil, 0) else { throw OCIError("the working directory is gone") }
        defer { free(current) }
        return FilePath(String(cString: current)).pushing(path).lexicallyNormalized()
    }
}
