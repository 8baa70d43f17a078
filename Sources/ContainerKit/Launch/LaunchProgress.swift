// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Synchronization
internal import SystemPackage

/// What the host follows a stage by, from the clone to the program's start.
///
/// The stage holds the other end of the status pipe: a byte says that it waits to be started, the pipe's end that it
/// has executed the program or is gone. Which of the two, its report in the plan's memory says.
final class LaunchProgress: Sendable {
    private let operations: [StageOperation]
    private let memory: Mutex<Descriptor?>
    private let status: Mutex<Descriptor?>
    private let gate: Mutex<Descriptor?>

    init(
        _ plan: LaunchPlan,
        memory: consuming Descriptor,
        status: consuming Descriptor?,
        gate: consuming Descriptor?
    ) {
        operations = plan.operations
        self.memory = Mutex(memory)
        self.status = Mutex(status)
        self.gate = Mutex(gate)
    }

    /// Lets a waiting stage go on.
    func openGate() {
        gate.withLock { gate in
            guard let descriptor = gate?.rawValue else { return }
            var one: UInt64 = 1
            withUnsafeBytes(of: &one) { _ = try? FileDescriptor(rawValue: descriptor).write($0) }
            gate = nil
        }
    }

    /// Leaves the start to another process.
    func handOver() {
        gate.withLock { $0 = nil }
    }

    /// Waits until the stage waits to be started.
    ///
    /// - Throws: ``ContainerError`` with the operation that failed, or `CancellationError`.
    func waitForGate(_ reactor: Reactor) async throws {
        if try await nextWord(reactor) { return }
        throw failure()
    }

    /// Waits until the program has been executed.
    ///
    /// - Throws: ``ContainerError`` with the operation that failed, or `CancellationError`.
    func waitForProgram(_ reactor: Reactor) async throws {
        while try await nextWord(reactor) {}
        status.withLock { $0 = nil }
        let report = report()
        guard case .executing? = report?.state else { throw failure() }
        memory.withLock { $0 = nil }
    }

    /// Waits until the program has been executed by the process that took the stage's place.
    ///
    /// - Returns: The number of that process.
    /// - Throws: ``ContainerError`` with the operation that failed, or `CancellationError`.
    func waitForSibling(_ reactor: Reactor) async throws -> Int32 {
        while try await nextWord(reactor) {}
        guard let report = report(), case .executing = report.state, report.sibling > 0 else { throw failure() }
        return report.sibling
    }

    /// The process that took the stage's place, if there is one.
    var sibling: Int32? {
        report().flatMap { $0.sibling > 0 ? $0.sibling : nil }
    }

    /// Whether the stage said something; otherwise it has come to its end.
    private func nextWord(_ reactor: Reactor) async throws -> Bool {
        guard let descriptor = status.withLock({ $0?.rawValue }) else { return false }
        try await reactor.ready(.readable, descriptor)
        var word: UInt8 = 0
        let count = try withUnsafeMutableBytes(of: &word) {
            try FileDescriptor(rawValue: descriptor).read(into: $0)
        }
        return count > 0
    }

    private func report() -> StageReport? {
        memory.withLock { memory in
            guard let descriptor = memory?.rawValue else { return nil }
            return try? StageReport(readingFrom: FileDescriptor(rawValue: descriptor))
        }
    }

    private func failure() -> ContainerError {
        let report = report()
        if let report, case .failed(let index, let errno) = report.state, operations.indices.contains(index) {
            return ContainerError(operations[index], errno: errno, detail: report.detail)
        }
        return ContainerError(.launch, "the container was killed before its program could start")
    }
}
