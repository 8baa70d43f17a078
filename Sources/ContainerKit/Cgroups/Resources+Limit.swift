// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Resources {
    /// A ceiling: a number, or no ceiling at all.
    ///
    /// `nil` instead of a limit means "leave it as it is"; ``unlimited`` lifts one that was set before.
    public struct Limit: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
        /// No ceiling.
        public static let unlimited = Limit(-1)

        /// The ceiling in the unit of the property that holds it, or `nil` if there is none.
        public let value: Int64?

        /// Creates a ceiling.
        ///
        /// - Parameter value: The ceiling; -1 means ``unlimited``, as in the OCI runtime specification. Other negative
        ///   values are refused by ``Resources/validate()``.
        public init(_ value: Int64) {
            self.value = value == -1 ? nil : value
        }

        /// Creates a ceiling from a literal.
        ///
        /// - Parameter value: The ceiling; -1 means ``unlimited``.
        public init(integerLiteral value: Int64) {
            self.init(value)
        }

        /// A ceiling of so many kibibytes (1,024 bytes each).
        public static func kibibytes(_ count: Int64) -> Limit { scaled(count, by: 1 << 10) }

        /// A ceiling of so many mebibytes (1,048,576 bytes each).
        public static func mebibytes(_ count: Int64) -> Limit { scaled(count, by: 1 << 20) }

        /// A ceiling of so many gibibytes (1,073,741,824 bytes each).
        public static func gibibytes(_ count: Int64) -> Limit { scaled(count, by: 1 << 30) }

        /// The number, or `unlimited`.
        public var description: String {
            value.map(String.init) ?? "unlimited"
        }

        /// A number to compare by: no ceiling is above every other.
        var ceiling: Int64 { value ?? .max }

        /// Saturates, so that neither an absurd count traps nor a negative one is taken for "unlimited".
        private static func scaled(_ count: Int64, by unit: Int64) -> Limit {
            let (product, overflow) = count.multipliedReportingOverflow(by: unit)
            return Limit(overflow ? (count < 0 ? .min : .max) : product)
        }
    }
}
