// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How much of a container's output is kept.
public struct LogLimits: Sendable, Hashable, Codable {
    /// The most bytes of one file, after which the next is begun; without end where `nil`.
    public var size: Int64?
    /// How many files are kept, the present one among them.
    public var files: Int

    /// Creates limits; by default all of it is kept.
    ///
    /// - Parameters:
    ///   - size: The most bytes of one file.
    ///   - files: How many files are kept.
    public init(size: Int64? = nil, files: Int = 1) {
        self.size = size
        self.files = files
    }

    /// Takes what `--log-opt` says: `max-size=10m`, `max-file=3`.
    ///
    /// - Parameter text: What was written.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public mutating func take(_ text: String) throws {
        let (key, value) = TemporaryMount.halves(text)
        switch (key, value) {
        case ("max-size", let value?):
            size = value == "-1" ? nil : try ByteCount.parse(value)
            guard size.map({ $0 >= 1024 }) ?? true else {
                throw NestboxError(.invalidSpecification, "a log file of \(value) is too small: 1k at least")
            }
        case ("max-file", let value?):
            guard let count = Int(value), (1...1000).contains(count) else {
                throw NestboxError(.invalidSpecification, "max-file is from 1 to 1000, not '\(value)'")
            }
            files = count
        default: throw NestboxError(.invalidSpecification, "'\(text)' is no log option: max-size and max-file are")
        }
    }
}
