// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// A container's state in JSON, as hooks get it (OCI runtime specification, "State").
struct StateDocument {
    static let version = "1.3.0"

    let configuration: ContainerConfiguration
    let processIdentifier: Int32

    /// The text.
    ///
    /// - Parameter status: `creating`, `created`, `running` or `stopped`.
    /// - Returns: The text.
    func text(_ status: String) -> String {
        var members = [
            member("ociVersion", Self.version), member("id", configuration.identifier), member("status", status),
        ]
        if status != "stopped" { members.append("\"pid\":\(processIdentifier)") }
        members.append(member("bundle", configuration.bundle?.string ?? ""))
        let notes = configuration.annotations.sorted { $0.key < $1.key }.map { member($0.key, $0.value) }
        members.append("\"annotations\":{" + notes.joined(separator: ",") + "}")
        return "{" + members.joined(separator: ",") + "}"
    }

    /// What the agent of a seccomp listener gets ("Container Process State").
    func listenerText(metadata: String?) -> String {
        var members = [member("ociVersion", Self.version), "\"fds\":[\"seccompFd\"]", "\"pid\":\(processIdentifier)"]
        if let metadata { members.append(member("metadata", metadata)) }
        members.append("\"state\":" + text("creating"))
        return "{" + members.joined(separator: ",") + "}"
    }

    private func member(_ key: String, _ value: String) -> String {
        Self.quoted(key) + ":" + Self.quoted(value)
    }

    /// A string in JSON (RFC 8259, section 7).
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
