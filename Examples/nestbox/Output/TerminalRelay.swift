// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage
import UnixSignals

/// Joins this process's terminal with that of a program in a container.
struct TerminalRelay {
    let terminal: Terminal
    let input: StandardInputWriter?

    /// - Parameters:
    ///   - terminal: The program's terminal.
    ///   - input: Where keys go; nowhere where `nil`.
    init(_ terminal: Terminal, input: StandardInputWriter?) {
        self.terminal = terminal
        self.input = input
    }

    /// Relays until the program has closed its terminal.
    func run(_ output: ByteSequence) async {
        let raw = input == nil ? nil : RawTerminal()
        let resizes = await UnixSignalsSequence(trapping: .sigwinch)
        await withTaskGroup(of: Void.self) { tasks in
            if let input { tasks.addTask { await StandardInput.relay(to: input) } }
            tasks.addTask { for await _ in resizes { try? terminal.resize(to: RawTerminal.size) } }
            do {
                for try await bytes in output { _ = try? FileDescriptor.standardOutput.writeAll(bytes) }
            } catch {}
            tasks.cancelAll()
        }
        raw?.restore()
    }
}
