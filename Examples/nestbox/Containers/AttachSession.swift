// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Nestbox
import SystemPackage
import UnixSignals

/// A person in front of a container that belongs to another process.
struct AttachSession {
    let attachment: Attachment
    /// Whether this process's input is the program's.
    let readsInput: Bool
    let hasTerminal: Bool

    /// Stays until the container has ended or the person leaves.
    ///
    /// - Returns: Whether the person has left.
    func run() async throws -> Bool {
        let raw = hasTerminal && readsInput ? RawTerminal() : nil
        defer { raw?.restore() }
        let attachment = attachment
        let resizes = await UnixSignalsSequence(trapping: .sigwinch)
        return try await withThrowingTaskGroup(of: Bool?.self) { tasks in
            if hasTerminal, RawTerminal.isPresent {
                tasks.addTask {
                    try? await attachment.resize(to: RawTerminal.size)
                    for await _ in resizes { try? await attachment.resize(to: RawTerminal.size) }
                    return nil
                }
            }
            if readsInput {
                let usesKeys = hasTerminal
                tasks.addTask { await Self.relayInput(to: attachment, usesKeys) ? true : nil }
            }
            tasks.addTask {
                while let output = try await attachment.next() {
                    let target: FileDescriptor = output.stream == .standardOutput ? .standardOutput : .standardError
                    _ = try target.writeAll(output.bytes)
                }
                return false
            }
            defer { tasks.cancelAll() }
            // The input's end is not the program's.
            while let ending = try await tasks.next() { if let ending { return ending } }
            return false
        }
    }

    /// - Returns: Whether the keys to leave were pressed.
    private static func relayInput(to attachment: Attachment, _ usesKeys: Bool) async -> Bool {
        var keys = DetachKeys()
        var isLeaving = false
        _ = await StandardInput.relay { bytes in
            guard usesKeys else {
                try await attachment.write(bytes)
                return true
            }
            let passed = keys.take(bytes)
            isLeaving = keys.areComplete
            if !passed.isEmpty { try await attachment.write(passed) }
            return !isLeaving
        }
        return isLeaving
    }
}

extension Attachment {
    /// Gives the program's terminal the size of this process's.
    func resize(to size: Terminal.Size) async throws {
        try await resize(rows: size.rows, columns: size.columns)
    }
}
