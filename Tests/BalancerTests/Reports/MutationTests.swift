// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

/// Thousands of damaged reports, the same ones in every run; libFuzzer does it with coverage in the package Fuzz.
@Suite("Damaged reports")
struct MutationTests {
    private static let headers = [ORCA.textHeader, ORCA.jsonHeader, ORCA.binaryHeader]

    private var samples: [String] {
        let report = LoadReport(
            cpuUtilisation: 0.75,
            memoryUtilisation: 0.5,
            applicationUtilisation: 1.25,
            requestsPerSecond: 1_234.5,
            errorsPerSecond: 0.25
        )
        return [
            ORCA.text(report), ORCA.json(report), ORCA.binary(report), "ready up 75% maxconn:30 #all well",
            "cpu_utilization=0.3,named_metrics.queue=7",
            #"{"cpu_utilization":3e-1,"utilization":{"disk":0.5},"x":[null]}"#,
        ]
    }

    /// Flips, drops, repeats and inserts bytes.
    private func damaged(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...generator.index(below: 6) {
            let place = generator.index(below: bytes.count + 1)
            switch generator.index(below: 4) {
            case 0 where place < bytes.count: bytes[place] ^= UInt8(1 << generator.index(below: 8))
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2 where place < bytes.count: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
            default: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
            }
        }
        return bytes
    }

    @Test("a damaged report is refused, or read as a valid one that JSON carries whole", arguments: 0..<6)
    func orca(sample: Int) {
        var generator = SeededGenerator(seed: UInt64(sample))
        var refused = 0
        for _ in 0..<2_000 {
            let text = String(decoding: damaged(Array(samples[sample].utf8), &generator), as: UTF8.self)
            for header in Self.headers {
                do {
                    let report = try ORCA.read(text, of: header)
                    #expect(try ORCA.read(ORCA.json(report), of: ORCA.jsonHeader) == report)
                } catch {
                    #expect(error.code == .malformedReport)
                    refused += 1
                }
            }
        }
        #expect(refused > 2_000)
    }

    @Test("a damaged agent answer is refused, or reads back as what was understood")
    func agent() {
        var generator = SeededGenerator(seed: 77)
        var refused = 0
        for _ in 0..<5_000 {
            let text = String(decoding: damaged(Array(samples[3].utf8), &generator), as: UTF8.self)
            do {
                let report = try AgentReport(reading: text)
                #expect(report.weightPercent.map { $0 >= 0 } ?? true)
                #expect(report.maximumConnections.map { $0 >= 0 } ?? true)
            } catch {
                #expect(error.code == .malformedReport)
                refused += 1
            }
        }
        #expect(refused > 500)
    }
}
