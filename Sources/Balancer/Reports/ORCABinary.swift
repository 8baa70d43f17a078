// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The binary form: the protobuf message in base64.
enum ORCABinary {
    static func read(base64 text: String) throws(BalancerError) -> LoadReport {
        guard let bytes = Base64.decode(text), !bytes.isEmpty else {
            throw BalancerError.malformed("a binary load report that is no base64")
        }
        var reader = ProtobufReader(bytes)
        var report = LoadReport()
        var legacyRate = 0.0
        while let tag = try reader.tag() {
            if tag.wireType == 1, let field = ORCAField.allCases.first(where: { $0.number == tag.field }) {
                report[keyPath: field.path] = try reader.double()
            } else if tag.wireType == 2, let table = ORCATable.allCases.first(where: { $0.number == tag.field }) {
                let (key, value) = try entry(try reader.bytes())
                report[keyPath: table.path][key] = value
            } else if tag.wireType == 0, tag.field == 3 {
                legacyRate = Double(try reader.varint())
            } else {
                try reader.skip(tag)
            }
        }
        if report.requestsPerSecond == 0 { report.requestsPerSecond = legacyRate }
        return report
    }

    /// One entry of a table: a message with the key as field 1 and the value as field 2.
    private static func entry(_ bytes: [UInt8]) throws(BalancerError) -> (String, Double) {
        var reader = ProtobufReader(bytes)
        var key = ""
        var value = 0.0
        while let tag = try reader.tag() {
            switch (tag.field, tag.wireType) {
            case (1, 2):
                guard let text = String(validating: try reader.bytes(), as: UTF8.self) else {
                    throw BalancerError.malformed("a name that is not UTF-8")
                }
                key = text
            case (2, 1): value = try reader.double()
            default: try reader.skip(tag)
            }
        }
        return (key, value)
    }

    static func writeBase64(_ report: LoadReport) -> String {
        var bytes: [UInt8] = []
        let fields = ORCAField.allCases.map { ($0.number, write($0, of: report)) }
        let tables = ORCATable.allCases.map { ($0.number, write($0, of: report)) }
        for (_, part) in (fields + tables).sorted(by: { $0.0 < $1.0 }) {
            bytes += part
        }
        return Base64.encode(bytes)
    }

    private static func write(_ field: ORCAField, of report: LoadReport) -> [UInt8] {
        let value = report[keyPath: field.path]
        return value == 0 ? [] : [UInt8(field.number << 3 | 1)] + little(value)
    }

    private static func write(_ table: ORCATable, of report: LoadReport) -> [UInt8] {
        report[keyPath: table.path].sorted { $0.key < $1.key }.flatMap { key, value in
            let entry = [UInt8(1 << 3 | 2)] + sized(Array(key.utf8)) + [UInt8(2 << 3 | 1)] + little(value)
            return [UInt8(table.number << 3 | 2)] + sized(entry)
        }
    }

    private static func little(_ value: Double) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
    }

    private static func sized(_ bytes: [UInt8]) -> [UInt8] {
        var length = bytes.count
        var prefix: [UInt8] = []
        while length > 127 {
            prefix.append(UInt8(length & 127) | 128)
            length >>= 7
        }
        return prefix + [UInt8(length)] + bytes
    }
}
