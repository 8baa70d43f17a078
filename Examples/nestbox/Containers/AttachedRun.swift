// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import Nestbox
import SystemPackage
import UnixSignals

/// A container that runs in front of a person: its output is printed, signals are passed on, its code becomes this
/// process's own.
struct AttachedRun {
    let nestbox: Nestbox
    let container: ManagedContainer
    /// Whether keys go to the program's terminal.
    var readsInput = false

    /// What connects a container's streams to this process's.
    static func streams(readsInput: Bool, hasTerminal: Bool = false) -> ContainerStreams {
        ContainerStreams(
            inheritsInput: readsInput && !hasTerminal,
            terminal: hasTerminal ? RawTerminal.size : nil
        ) { stream, bytes in
            let target: FileDescriptor = stream == .standardOutput ? .standardOutput : .standardError
            _ = try? target.writeAll(bytes)
        }
    }

    /// Stays until the program has ended.
    ///
    /// - Throws: `ExitCode`, always.
    func finish() async throws {
        let signals = await UnixSignalsSequence(
            trapping: .sigint,
            .sigterm,
            .sighup,
            .sigquit,
            .sigusr1,
            .sigusr2
        )
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await Self.forward(signals, to: container) }
            let raw = container.terminal != nil && readsInput ? RawTerminal() : nil
            if let terminal = container.terminal {
                if readsInput { tasks.addTask { await StandardInput.relay(to: container.standardInput) } }
                let resizes = await UnixSignalsSequence(trapping: .sigwinch)
                tasks.addTask { for await _ in resizes { try? terminal.resize(to: RawTerminal.size) } }
            }
            try? await container.run()
            raw?.restore()
            tasks.cancelAll()
        }
        let status = try await container.wait()
        try await nestbox.close()
        throw ExitCode(Int32(status.shellCode))
    }

    /// Passes signals on to the program.
    ///
    /// Who asks three times to end is heard, as with Docker.
    private static func forward(_ signals: UnixSignalsSequence, to container: ManagedContainer) async {
        var requests = 0
        for await signal in signals {
            if [.sigint, .sigterm].contains(signal) { requests += 1 }
            try? container.send(requests < 3 ? Signal(rawValue: signal.rawValue) : .kill)
        }
    }
}
