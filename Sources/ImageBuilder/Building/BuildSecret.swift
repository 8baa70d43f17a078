// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Something that a command may read and that leaves no trace in the image.
///
/// Its content is never printed.
public struct BuildSecret: Sendable, CustomStringConvertible {
    enum Source: Sendable {
        case file(FilePath)
        case bytes([UInt8])
    }

    let source: Source

    /// The content of a file, read when a command needs it.
    ///
    /// - Parameter path: The file.
    /// - Returns: The secret.
    public static func file(_ path: FilePath) -> BuildSecret {
        BuildSecret(source: .file(path))
    }

    /// These bytes.
    ///
    /// - Parameter bytes: The content.
    /// - Returns: The secret.
    public static func bytes(_ bytes: [UInt8]) -> BuildSecret {
        BuildSecret(source: .bytes(bytes))
    }

    /// Where it is from, and nothing of its content.
    public var description: String {
        switch source {
        case .file(let path): "secret in \(path)"
        case .bytes: "secret"
        }
    }

    /// The most bytes, as in BuildKit.
    static let maxSize = 500 << 10

    func content(id: String) throws(ImageBuilderError) -> [UInt8] {
        switch source {
        case .bytes(let bytes): return bytes
        case .file(let path):
            guard let bytes = try Self.content(of: path, id: id) else {
                throw ImageBuilderError(
                    .missingSecret,
                    "the secret \(id.inQuotes) is larger than \(Self.maxSize) bytes"
                )
            }
            return bytes
        }
    }

    private static func content(of path: FilePath, id: String) throws(ImageBuilderError) -> [UInt8]? {
        do {
            let file = OpenFile(owning: try SystemCall.check("open", path.string) { openReadOnly(path.string) })
            return try file.content(upTo: maxSize)
        } catch {
            throw ImageBuilderError(.missingSecret, "the secret \(id.inQuotes) can't be read: \(error.message)")
        }
    }
}

/// An SSH agent that commands may use.
public struct BuildAgent: Sendable, Hashable {
    /// The agent's socket.
    public var socket: FilePath

    /// Makes an agent of its socket.
    public init(socket: FilePath) {
        self.socket = socket
    }
}
