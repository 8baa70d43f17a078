// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy

/// A request as a line of an access log: the common log format, then what a balancer adds.
///
///     127.0.0.1 "GET /index.html HTTP/1.1" 200 1024 0.003 4f2a91c07d33 1 answered
///
/// That is: client, request, status, bytes of the answer's body, seconds, container, attempts, how it ended.
struct AccessLine {
    let text: String

    init(_ record: HTTPAccessRecord) {
        let client = record.client.map { Self.host(of: "\($0)") } ?? "-"
        let request = Self.quoted("\(record.method) \(record.target) \(record.version)")
        let endpoint = record.endpoint?.prefix(12) ?? "-"
        let milliseconds = record.duration / .milliseconds(1)
        let seconds = "\((milliseconds).rounded(.down) / 1000)"
        text =
            "\(client) \(request) \(record.status) \(record.answerBytes) \(seconds) "
            + "\(endpoint) \(record.attempts) \(record.ending)\n"
    }

    private static func host(of address: String) -> Substring {
        address.lastIndex(of: ":").map { address[..<$0] } ?? address[...]
    }

    /// What could end the line or the quotation is written as its number.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
