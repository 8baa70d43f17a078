// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import FuzzDriver

// Load reports in every form: what is read can be written, and read again where the form carries it whole.
fuzz { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    for header in [ORCA.textHeader, ORCA.jsonHeader, ORCA.binaryHeader] {
        guard let report = try? ORCA.read(text, of: header) else { continue }
        _ = ORCA.text(report)
        let json = ORCA.json(report)
        precondition((try? ORCA.read(json, of: ORCA.jsonHeader)) == report, "JSON lost something: \(json)")
        let binary = ORCA.binary(report)
        guard !binary.isEmpty else { continue }
        precondition((try? ORCA.read(binary, of: ORCA.binaryHeader)) == report, "binary lost something")
    }
    _ = try? AgentReport(reading: text)
}
