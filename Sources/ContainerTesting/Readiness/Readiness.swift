// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How it is found out that a container can be used, before its test begins.
public struct Readiness: Sendable {
    enum Kind: Sendable {
        case started
        case healthy
        case port(UInt16)
        case log(String, times: Int)
        case command([String])
        case http(path: String, port: UInt16, statuses: ClosedRange<Int>)
        case all([Readiness])
    }

    let kind: Kind

    /// It can be used as soon as its program has been started.
    public static let started = Readiness(kind: .started)

    /// It can be used once its health check, the image's or the specification's, has succeeded.
    public static let healthy = Readiness(kind: .healthy)

    /// It can be used once it takes TCP connections on a port.
    ///
    /// - Parameter port: The port in the container, which is published too.
    /// - Returns: The condition.
    public static func port(_ port: UInt16) -> Readiness {
        Readiness(kind: .port(port))
    }

    /// It can be used once it has written a text.
    ///
    /// - Parameters:
    ///   - text: A part of a line of its standard output or standard error.
    ///   - times: How many lines have to hold it: some databases start once to set themselves up and then again.
    /// - Returns: The condition.
    public static func log(_ text: String, times: Int = 1) -> Readiness {
        Readiness(kind: .log(text, times: times))
    }

    /// It can be used once a program that is run in it ends with code 0.
    ///
    /// - Parameter command: The program and its arguments: `.command("pg_isready", "--quiet")`.
    /// - Returns: The condition.
    public static func command(_ command: String...) -> Readiness {
        Readiness(kind: .command(command))
    }

    /// It can be used once it answers an HTTP request.
    ///
    /// - Parameters:
    ///   - path: What is asked for.
    ///   - port: The port in the container, which is published too.
    ///   - statuses: The answers that count.
    /// - Returns: The condition.
    public static func http(_ path: String = "/", port: UInt16, statuses: ClosedRange<Int> = 200...399) -> Readiness {
        Readiness(kind: .http(path: path, port: port, statuses: statuses))
    }

    /// It can be used once several conditions hold, each looked at when the one before it does.
    ///
    /// - Parameter conditions: The conditions.
    /// - Returns: All of them as one.
    public static func all(_ conditions: Readiness...) -> Readiness {
        Readiness(kind: .all(conditions))
    }
}

extension Readiness {
    /// The ports that it names.
    var ports: [UInt16] {
        switch kind {
        case .port(let port), .http(_, let port, _): [port]
        case .all(let conditions): conditions.flatMap(\.ports)
        default: []
        }
    }

    /// The texts that it waits for.
    var texts: [String] {
        switch kind {
        case .log(let text, _): [text]
        case .all(let conditions): conditions.flatMap(\.texts)
        default: []
        }
    }
}

extension Readiness: CustomStringConvertible {
    /// What is waited for, as the end of a sentence that begins with "until".
    public var description: String {
        switch kind {
        case .started: "it had started"
        case .healthy: "it was healthy"
        case .port(let port): "it took connections on port \(port)"
        case .log(let text, let times): times == 1 ? "it wrote '\(text)'" : "it wrote '\(text)' \(times) times"
        case .command(let command): "'\(command.joined(separator: " "))' succeeded in it"
        case .http(let path, let port, let statuses):
            "it answered 'GET \(path)' on port \(port) with \(statuses.lowerBound) to \(statuses.upperBound)"
        case .all(let conditions): conditions.map(\.description).joined(separator: ", and ")
        }
    }
}
