// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// The program's three standard streams: its own ends, and the host's ends of those that are streamed.
struct PreparedStreams: ~Copyable {
    /// What becomes 0, 1 and 2 in the container; a value equal to its index is inherited.
    var numbers: (CInt, CInt, CInt)
    /// The host's ends.
    var input: Descriptor?
    var output: Descriptor?
    var error: Descriptor?
    /// The socket that the program's terminal comes through.
    var terminal: Descriptor?
}

/// Opens what a program's standard streams are connected to.
struct StreamPreparation {
    let process: ProcessConfiguration
    let fault: LaunchFault

    /// Opens the streams; the program's own ends go into `table`, which closes them after the clone.
    func open(_ table: inout DescriptorTable) throws -> PreparedStreams {
        do {
            var null: CInt?
            var streams = PreparedStreams(numbers: (0, 1, 2))
            if process.terminal != nil {
                // Until the stage has opened the terminal.
                try fault.before("open null device")
                let device = try openNull(&table, &null)
                streams.numbers = (device, device, device)
                return streams
            }
            try fault.before("open standard input")
            streams.numbers.0 = try input(&streams.input, &table, &null)
            try fault.before("open standard output")
            streams.numbers.1 = try output(process.standardOutput.kind, 1, &streams.output, &table, &null)
            try fault.before("open standard error")
            streams.numbers.2 = try output(process.standardError.kind, 2, &streams.error, &table, &null)
            return streams
        } catch let errno as Errno {
            throw ContainerError(
                .io,
                "the standard streams can't be opened",
                operation: "open standard streams",
                errno: errno
            )
        }
    }

    private func input(
        _ host: inout Descriptor?,
        _ table: inout DescriptorTable,
        _ null: inout CInt?
    ) throws(Errno) -> CInt {
        switch process.standardInput.kind {
        case .null: return try openNull(&table, &null)
        case .inherited: return 0
        case .descriptor(let descriptor): return table.number(of: table.add(try .duplicate(descriptor)))
        case .stream:
            let pipe = try Pipe()
            try pipe.write.makeNonblocking()
            return table.number(of: table.add(pipe.takeRead(leavingWriteTo: &host)))
        }
    }

    private func output(
        _ kind: StreamDestination.Kind,
        _ index: CInt,
        _ host: inout Descriptor?,
        _ table: inout DescriptorTable,
        _ null: inout CInt?
    ) throws(Errno) -> CInt {
        switch kind {
        case .null: return try openNull(&table, &null)
        case .inherited: return index
        case .descriptor(let descriptor): return table.number(of: table.add(try .duplicate(descriptor)))
        case .stream:
            let pipe = try Pipe()
            try pipe.read.makeNonblocking()
            return table.number(of: table.add(pipe.takeWrite(leavingReadTo: &host)))
        }
    }

    /// One null device serves all streams that go nowhere.
    private func openNull(_ table: inout DescriptorTable, _ null: inout CInt?) throws(Errno) -> CInt {
        if let null { return null }
        let device = try Descriptor.take(nestbox_openat2(AT_FDCWD, "/dev/null", UInt64(O_RDWR | O_CLOEXEC), 0, 0))
        let number = table.number(of: table.add(try device.aboveStandardStreams()))
        null = number
        return number
    }
}
