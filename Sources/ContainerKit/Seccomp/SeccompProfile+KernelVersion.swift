// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc

extension SeccompProfile {
    /// The first two numbers of a kernel's release, which some of the default profile's rules depend on.
    public struct KernelVersion: Comparable, Hashable, Sendable {
        /// The first number: the 6 of `6.12.3-amd64`.
        public var major: Int

        /// The second number: the 12 of `6.12.3-amd64`.
        public var minor: Int

        /// Creates a version.
        ///
        /// - Parameters:
        ///   - major: The first number.
        ///   - minor: The second number.
        public init(_ major: Int, _ minor: Int) {
            self.major = major
            self.minor = minor
        }

        /// Reads the first two numbers of a release such as `6.12.3-amd64`.
        ///
        /// - Parameter release: A release as `uname(2)` gives it.
        public init?(release: String) {
            let parts = release.split(separator: ".", maxSplits: 2)
            guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix { $0.isWholeNumber })
            else { return nil }
            self.init(major, minor)
        }

        /// The running kernel's version (`uname(2)`); 0.0, the most careful answer, if the kernel tells none.
        public static let running: KernelVersion = {
            var names = utsname()
            guard uname(&names) == 0 else { return KernelVersion(0, 0) }
            let release = withUnsafeBytes(of: &names.release) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            return KernelVersion(release: release) ?? KernelVersion(0, 0)
        }()

        /// Whether the first version is older.
        public static func < (lhs: KernelVersion, rhs: KernelVersion) -> Bool {
            (lhs.major, lhs.minor) < (rhs.major, rhs.minor)
        }
    }
}
