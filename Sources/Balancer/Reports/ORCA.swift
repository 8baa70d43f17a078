// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// ORCA load reports in HTTP headers or trailers: read with Envoy's strictness, and written.
///
/// Three forms are known: text and JSON in `endpoint-load-metrics` (with the prefix `TEXT ` or `JSON `, as Envoy has it
/// now) or JSON in `endpoint-load-metrics-json`; and base64 of the protobuf message in `endpoint-load-metrics-bin` or
/// after the prefix `BIN `.
///
/// Source: cncf/xds `OrcaLoadReport`; Envoy `orca_parser`; gRFC A51.
public enum ORCA {
    /// The header of the text form, and of every form with a prefix.
    public static let textHeader = "endpoint-load-metrics"
    /// The header of the JSON form.
    public static let jsonHeader = "endpoint-load-metrics-json"
    /// The header of the binary form.
    public static let binaryHeader = "endpoint-load-metrics-bin"

    /// The most bytes of a header that are read.
    public static let maximumLength = 65_536

    /// Reads the report in a message's headers, if there is one.
    ///
    /// - Parameter headers: Names, in any case, and values.
    /// - Returns: The report, or nil if no header carries one.
    /// - Throws: ``BalancerError`` if a report is malformed or more than one header carries one.
    public static func read(
        _ headers: some Sequence<(name: String, value: String)>
    ) throws(BalancerError) -> LoadReport? {
        var found: LoadReport?
        for header in headers where header.name.utf8.count >= textHeader.utf8.count {
            let name = header.name.lowercased()
            guard name == textHeader || name == jsonHeader || name == binaryHeader else { continue }
            guard found == nil else { throw BalancerError.malformed("more than one header carries a load report") }
            found = try read(header.value, of: name)
        }
        return found
    }

    /// Reads one header.
    ///
    /// - Parameters:
    ///   - value: The header's value.
    ///   - header: The header's name in lower case.
    /// - Returns: The report.
    /// - Throws: ``BalancerError`` if the report is malformed or a number in it out of range.
    public static func read(_ value: String, of header: String) throws(BalancerError) -> LoadReport {
        guard value.utf8.count <= maximumLength else {
            throw BalancerError.malformed("a load report of more than \(maximumLength) bytes")
        }
        let report =
            switch header {
            case jsonHeader: try ORCAJSON.read(value)
            case binaryHeader: try ORCABinary.read(base64: value)
            default: try readPrefixed(value)
            }
        guard report.isValid else { throw BalancerError.malformed("a load report with a number out of range") }
        return report
    }

    private static func readPrefixed(_ value: String) throws(BalancerError) -> LoadReport {
        if value.hasPrefix("JSON ") { return try ORCAJSON.read(String(value.dropFirst(5))) }
        if value.hasPrefix("BIN ") { return try ORCABinary.read(base64: String(value.dropFirst(4))) }
        if value.hasPrefix("TEXT ") { return try ORCAText.read(String(value.dropFirst(5))) }
        return try ORCAText.read(value)
    }

    /// Writes the text form, without prefix: `cpu_utilization:0.5,rps_fractional:120`.
    ///
    /// - Parameter report: The report; what the text form cannot carry is left out.
    /// - Returns: The value of ``textHeader``.
    public static func text(_ report: LoadReport) -> String { ORCAText.write(report) }

    /// Writes the JSON form.
    ///
    /// - Parameter report: The report.
    /// - Returns: The value of ``jsonHeader``.
    public static func json(_ report: LoadReport) -> String { ORCAJSON.write(report) }

    /// Writes the binary form.
    ///
    /// - Parameter report: The report.
    /// - Returns: The value of ``binaryHeader``.
    public static func binary(_ report: LoadReport) -> String { ORCABinary.writeBase64(report) }
}

extension BalancerError {
    /// A report that can't be read.
    static func malformed(_ message: String) -> BalancerError {
        BalancerError(code: .malformedReport, message: message)
    }
}
