// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import ServiceLifecycle
public import SystemPackage
internal import UnixSignals

/// The process that stays behind for one detached container or service: it owns the containers, their published ports
/// and logs, and ends with them.
public enum NestboxMonitor {
    /// The whole of a monitor: takes an order, runs it to its end.
    ///
    /// To be called by a program that ``MonitorProgram`` starts, and by nothing else: standard input and output are its
    /// connection to whoever started it.
    ///
    /// - Parameter root: The engine's root.
    /// - Throws: What whoever started it has been told: ``NestboxError`` of code `monitor` if standard input holds no
    ///   order, and else what the order's own call throws. The program should end with a code other than 0 then.
    public static func main(root: FilePath) async throws {
        chdir("/")
        umask(0o022)
        closeInherited()
        let logger = Logger(label: "nestbox.monitor") { StreamLogHandler.standardError(label: $0) }
        do {
            let order = try readOrder()
            let engine = try await Nestbox(root: root, logger: logger)
            switch order {
            case .container(let specification):
                await look(after: try await engine.launch(specification), engine, logger)
            case .start(let identifier):
                await look(after: try await engine.start(identifier), engine, logger)
            case .service(let specification):
                let replicas = try await engine.launch(specification)
                detach(log: engine.layout.service(specification.name).monitorLog)
                let signals = await UnixSignalsSequence(trapping: .sighup)
                answer(MonitorReply(identifier: specification.name))
                await serve([replicas, ScaleListener(replicas: replicas, engine: engine, signals: signals)], logger)
            case .execution(let order):
                try await follow(order, engine)
            }
            try await engine.close()
        } catch {
            answer(MonitorReply(error))
            throw error
        }
    }

    private static func look(after container: ManagedContainer, _ engine: Nestbox, _ logger: Logger) async {
        detach(log: engine.layout.container(container.identifier).monitorLog)
        answer(MonitorReply(identifier: container.identifier))
        await serve([container], logger)
    }

    /// Runs a further program to its end; nobody reads what it writes to a terminal, so that it never waits for that.
    private static func follow(_ order: ExecutionOrder, _ engine: Nestbox) async throws {
        let record = try engine.container(order.container)
        let process = try await engine.execute(order.options, in: record.identifier)
        detach(log: engine.layout.container(record.identifier).monitorLog)
        answer(MonitorReply(identifier: record.identifier))
        if process.terminal != nil {
            do { for try await _ in process.standardOutput {} } catch {}
        }
        _ = try await process.wait()
    }

    private static func serve(_ services: [any Service], _ logger: Logger) async {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        do {
            try await group.run()
        } catch {
            logger.error("what the monitor looks after has failed", metadata: ["error": "\(error)"])
        }
    }

    /// What a careless parent left open.
    ///
    /// Descriptors of this process's own are closed on execution, and so are told apart.
    private static func closeInherited() {
        for number in (try? Directory("/proc/self/fd").names)?.compactMap({ CInt($0) }) ?? [] where number > 2 {
            let flags = fcntl(number, F_GETFD)
            if flags >= 0, flags & FD_CLOEXEC == 0 { close(number) }
        }
    }

    private static func readOrder() throws -> MonitorOrder {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try FileDescriptor.standardInput.read(into: $0) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        do {
            return try JSONDecoder().decode(MonitorOrder.self, from: Data(bytes))
        } catch {
            throw NestboxError(
                .monitor,
                "standard input holds no order for a monitor: 'run -d', 'start' and 'service create' write one"
            )
        }
    }

    /// Errors go to the log from now on; input comes from nowhere.
    private static func detach(log: FilePath) {
        let file = open(log.string, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if file >= 0 {
            dup2(file, 2)
            close(file)
        }
        replace(0, by: O_RDONLY)
    }

    /// Answers, and closes the connection.
    ///
    /// A second answer goes nowhere.
    private static func answer(_ reply: MonitorReply) {
        if let bytes = try? JSONEncoder().encode(reply) {
            _ = try? FileDescriptor.standardOutput.writeAll(bytes)
        }
        replace(1, by: O_WRONLY)
    }

    private static func replace(_ descriptor: CInt, by flags: CInt) {
        let null = open("/dev/null", flags | O_CLOEXEC)
        guard null >= 0 else { return }
        dup2(null, descriptor)
        close(null)
    }
}
