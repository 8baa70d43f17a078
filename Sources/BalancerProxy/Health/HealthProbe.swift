// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How an endpoint is asked whether it is well.
public struct HealthProbe: Hashable, Sendable {
    enum Kind: Hashable {
        case tcp
        case http(request: String, statuses: ClosedRange<Int>)
        case agent(greeting: String)
    }

    let kind: Kind

    /// By a connection: who accepts one is well.
    public static let tcp = HealthProbe(kind: .tcp)

    /// By a request: who answers with a status of a range is well.
    ///
    /// - Parameters:
    ///   - path: What is asked for.
    ///   - host: The host that the request names.
    ///   - statuses: The statuses of one who is well.
    /// - Returns: The probe.
    public static func http(
        path: String = "/",
        host: String = "localhost",
        statuses: ClosedRange<Int> = 200...399
    ) -> HealthProbe {
        let request = "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nUser-Agent: nestbox-health\r\nConnection: close\r\n\r\n"
        return HealthProbe(kind: .http(request: request, statuses: statuses))
    }

    /// By an HAProxy agent: a line that tells of health, administration and weight (`agent-check`).
    ///
    /// - Parameter greeting: What is sent first, if anything; it should end with a line's end.
    /// - Returns: The probe.
    public static func agent(greeting: String = "") -> HealthProbe {
        HealthProbe(kind: .agent(greeting: greeting))
    }

    /// What is sent once connected.
    var greeting: String {
        switch kind {
        case .tcp: ""
        case .http(let request, _): request
        case .agent(let greeting): greeting
        }
    }
}
