// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

extension ManagedContainer {
    /// Where others reach the streams, if this process has no use of its own for them and there is something to reach.
    static func attachServer(
        _ record: ContainerRecord,
        _ streams: ContainerStreams,
        in directory: ContainerDirectory
    ) throws -> AttachServer? {
        let isReachable = record.specification.hasTerminal || record.specification.readsInput
        guard isReachable, !streams.inheritsInput, streams.terminal == nil else { return nil }
        let server = try AttachServer(directory.attachSocket)
        try server.start()
        return server
    }

    /// Does what those who are attached want, until the container has ended.
    func obey(_ server: AttachServer) async {
        for await wish in server.wishes {
            switch wish {
            case .input(let bytes):
                if record.specification.readsInput { try? await standardInput.write(bytes) }
                server.consumed(bytes.count)
            case .size(let rows, let columns):
                try? terminal?.resize(to: Terminal.Size(rows: rows, columns: columns))
            }
        }
    }
}
