// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// The host's part of running hooks on the way to a program: what holds the stage back meanwhile, and the files by which
/// it is told the container's state.
struct HookStop: ~Copyable {
    let gate: Descriptor
    let creating: Descriptor
    let created: Descriptor
    let listener: Descriptor

    /// - Throws: `Errno`.
    init() throws(Errno) {
        let gate = try WakeUp().intoDescriptor()
        let creating = try Self.file()
        let created = try Self.file()
        let listener = try Self.file()
        self.gate = gate
        self.creating = creating
        self.created = created
        self.listener = listener
    }

    private static func file() throws(Errno) -> Descriptor {
        try Descriptor.take(nestbox_memory_file("nestbox-state")).aboveStandardStreams()
    }

    /// Writes the state down for those who are told of it.
    ///
    /// Hooks that run in the container's namespaces read the process's number there.
    borrowing func write(_ document: StateDocument, metadata: String?) throws(ContainerError) {
        let number = ProcessFiles(document.processIdentifier)?.numberInside ?? document.processIdentifier
        let inside = StateDocument(configuration: document.configuration, processIdentifier: number)
        let texts: [(CInt, String)] = [
            (creating.rawValue, inside.text("creating")), (created.rawValue, inside.text("created")),
            (listener.rawValue, document.listenerText(metadata: metadata)),
        ]
        for (file, text) in texts {
            do {
                _ = try FileDescriptor(rawValue: file).writeAll(text.utf8)
            } catch {
                throw ContainerError(.hook, "the container's state can't be written down for its hooks")
            }
        }
    }

    /// Lets the stage go on.
    borrowing func open() {
        var one: UInt64 = 1
        _ = Glibc.write(gate.rawValue, &one, MemoryLayout<UInt64>.size)
    }
}
