// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import SystemPackage

/// A directory in memory that goes with the container's program: what `--tmpfs` says.
public struct TemporaryMount: Sendable, Hashable, Codable {
    /// Where: an absolute path in the container.
    public var target: String
    /// The most bytes; half of the machine's memory where `nil`.
    public var size: Int64?
    /// The permissions of the directory; 1777 by default.
    public var mode: UInt32
    /// Whether the container can't write to it.
    public var isReadOnly: Bool

    /// Creates a description.
    ///
    /// - Parameters:
    ///   - target: An absolute path in the container.
    ///   - size: The most bytes.
    ///   - mode: The permissions of the directory.
    public init(at target: String, size: Int64? = nil, mode: UInt32 = 0o1777) {
        self.target = target
        self.size = size
        self.mode = mode
        isReadOnly = false
    }

    /// Reads what `--tmpfs` takes: `/run` or `/run:size=64m,mode=755,ro`.
    ///
    /// - Parameter text: What was written.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public init(_ text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(at: parts[0])
        for option in parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : [] {
            let (key, value) = Self.halves(option)
            switch (key, value) {
            case ("size", let value?): size = try ByteCount.parse(value)
            case ("mode", let value?):
                guard let bits = UInt32(value, radix: 8), bits <= 0o7777 else {
                    throw NestboxError(.invalidSpecification, "'\(value)' is no mode, such as 1777")
                }
                mode = bits
            case ("ro", nil): isReadOnly = true
            // What always holds, and what would weaken it and is not offered.
            case ("rw", nil), ("nosuid", nil), ("nodev", nil), ("noexec", nil): continue
            default: throw NestboxError(.invalidSpecification, "'\(option)' is no option of a temporary directory")
            }
        }
        try check()
    }

    static func halves(_ text: String) -> (key: String, value: String?) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : nil)
    }

    func check() throws(NestboxError) {
        guard target.hasPrefix("/"), FilePath(target).lexicallyNormalized() != "/" else {
            throw NestboxError(
                .invalidSpecification,
                "'\(target)' is no place for a temporary directory: it is absolute"
            )
        }
    }

    func mount() throws -> Mount {
        try check()
        return .temporary(
            at: FilePath(target),
            size: size.map { UInt64(clamping: $0) },
            mode: FilePermissions(rawValue: CModeT(mode)),
            options: isReadOnly ? MountOptions.confined.union(.readOnly) : .confined
        )
    }
}
