// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How a request ended.
public struct Outcome: Hashable, Sendable {
    @usableFromInline let raw: UInt8

    @inlinable
    init(raw: UInt8) {
        self.raw = raw
    }

    /// It was answered.
    @inlinable public static var success: Outcome { Outcome(raw: 0) }
    /// The endpoint answered with an error of its own, such as HTTP 500.
    @inlinable public static var serverError: Outcome { Outcome(raw: 1) }
    /// The endpoint answered for someone behind it that failed: HTTP 502, 503 or 504.
    @inlinable public static var gatewayError: Outcome { Outcome(raw: 2) }
    /// No answer: the connection was refused, reset or lost.
    @inlinable public static var connectionError: Outcome { Outcome(raw: 3) }
    /// No answer in time.
    @inlinable public static var timeout: Outcome { Outcome(raw: 4) }
    /// The caller lost interest; says nothing about the endpoint.
    @inlinable public static var cancelled: Outcome { Outcome(raw: 5) }

    /// Whether it counts against the endpoint.
    public var isFailure: Bool { self != .success && self != .cancelled }

    /// What an HTTP status code means.
    ///
    /// - Parameter status: The status code.
    /// - Returns: A failure for 500 to 599, success for all others: a client's mistake is not the endpoint's.
    public static func http(status: Int) -> Outcome {
        switch status {
        case 502...504: .gatewayError
        case 500...599: .serverError
        default: .success
        }
    }
}
