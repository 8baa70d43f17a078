// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The JSON form: protobuf's JSON mapping of the message, in either spelling of the names.
///
/// Unknown names are refused, as Envoy refuses them; a name that comes twice is too.
enum ORCAJSON {
    static func read(_ text: String) throws(BalancerError) -> LoadReport {
        var reader = JSONReader(text)
        var report = LoadReport()
        try reader.object { (name, reader) throws(BalancerError) in
            if let field = ORCAField.allCases.first(where: { $0.rawValue == name || $0.jsonName == name }) {
                report[keyPath: field.path] = try reader.number()
            } else if let table = ORCATable.allCases.first(where: { $0.rawValue == name || $0.jsonName == name }) {
                try reader.object { (key, reader) throws(BalancerError) in
                    report[keyPath: table.path][key] = try reader.number()
                }
            } else if name == "rps" {
                let rps = try reader.number()
                if report.requestsPerSecond == 0 { report.requestsPerSecond = rps }
            } else {
                throw BalancerError.malformed("the field '\(name)' is not known")
            }
        }
        try reader.end()
        return report
    }

    static func write(_ report: LoadReport) -> String {
        var members = ORCAField.allCases.compactMap { field -> String? in
            let value = report[keyPath: field.path]
            return value == 0 ? nil : "\"\(field.rawValue)\":\(value)"
        }
        for table in ORCATable.allCases where !report[keyPath: table.path].isEmpty {
            let entries = report[keyPath: table.path].sorted { $0.key < $1.key }
                .map { "\(quoted($0.key)):\($0.value)" }
            members.append("\"\(table.rawValue)\":{\(entries.joined(separator: ","))}")
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// A string with everything escaped that is not plain ASCII, so that it can stand in a header.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x20..<0x7F: result.unicodeScalars.append(UnicodeScalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}
