// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("ORCA load reports")
struct ORCATests {
    private let full = LoadReport(
        cpuUtilisation: 0.7,
        memoryUtilisation: 0.25,
        applicationUtilisation: 1.2,
        requestsPerSecond: 1_200.5,
        errorsPerSecond: 3,
        requestCost: ["bytes": 3_487],
        utilisation: ["disk": 0.4],
        namedMetrics: ["queue": 9, "größe": -1.5]
    )

    private func code(_ value: String, _ header: String) -> BalancerError.Code? {
        do {
            _ = try ORCA.read(value, of: header)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("text is read with or without prefix")
    func text() throws {
        let expected = LoadReport(cpuUtilisation: 0.3, requestsPerSecond: 100, namedMetrics: ["foo": 123])
        for prefix in ["", "TEXT "] {
            let value = prefix + "cpu_utilization:0.3, rps_fractional:1e2,named_metrics.foo:123"
            #expect(try ORCA.read(value, of: ORCA.textHeader) == expected)
        }
        #expect(try ORCA.read("TEXT cpu_utilization=0.3", of: ORCA.textHeader).cpuUtilisation == 0.3)
    }

    @Test("what was written reads back the same, in each form")
    func roundTrip() throws {
        #expect(try ORCA.read(ORCA.json(full), of: ORCA.jsonHeader) == full)
        #expect(try ORCA.read("JSON " + ORCA.json(full), of: ORCA.textHeader) == full)
        #expect(try ORCA.read(ORCA.binary(full), of: ORCA.binaryHeader) == full)
        #expect(try ORCA.read("BIN " + ORCA.binary(full), of: ORCA.textHeader) == full)
        var plain = full
        plain.requestCost = [:]
        plain.utilisation = [:]
        plain.namedMetrics = ["queue": 9]
        #expect(try ORCA.read(ORCA.text(full), of: ORCA.textHeader) == plain)
    }

    @Test("the binary form is the protobuf message")
    func binary() throws {
        // protoc: cpu_utilization: 0.5, eps: 2, named_metrics { key: "a" value: 1 }
        let encoded = "CQAAAAAAAOA/OQAAAAAAAABAQgwKAWERAAAAAAAA8D8="
        let expected = LoadReport(cpuUtilisation: 0.5, errorsPerSecond: 2, namedMetrics: ["a": 1])
        #expect(try ORCA.read(encoded, of: ORCA.binaryHeader) == expected)
        #expect(ORCA.binary(expected) == encoded)
        // Without padding, with an unknown field 15 and the old integer rps.
        #expect(try ORCA.read("GAp4BQ", of: ORCA.binaryHeader).requestsPerSecond == 10)
    }

    @Test(
        "malformed text is refused",
        arguments: [
            "cpu_utilization", "cpu_utilization:", ":0.5", "cpu_utilization:nan", "cpu_utilization:inf",
            "cpu_utilization:0x1p-1", "cpu_utilization:0.5,cpu_utilization:0.6", "speed:9", "named_metrics.:1",
            "cpu_utilization:-1", "mem_utilization:1.5", "eps:-0.1", "cpu_utilization:0.5 0.6",
        ]
    )
    func malformedText(value: String) {
        #expect(code(value, ORCA.textHeader) == .malformedReport)
    }

    @Test(
        "malformed JSON is refused",
        arguments: [
            "", "{", "[]", "{\"eps\":}", "{\"eps\":1,}", "{\"eps\":1}x", "{\"eps\":\"1\"}", "{\"unknown\":1}",
            "{\"eps\":1,\"eps\":2}", "{\"utilization\":{\"a\":2}}", "{\"eps\":1e999}", "{\"eps\":NaN}",
            "{\"named_metrics\":{\"\\ud800\":1}}", "{\"eps\":+1}",
        ]
    )
    func malformedJSON(value: String) {
        #expect(code(value, ORCA.jsonHeader) == .malformedReport)
    }

    @Test("malformed binary is refused", arguments: ["", "!!!!", "CQAA", "A", "QgwKAWER", "CQAAAAAAAPh/", "DP8="])
    func malformedBinary(value: String) {
        #expect(code(value, ORCA.binaryHeader) == .malformedReport)
    }

    @Test("headers are found in any case, and two reports in one message are refused")
    func headers() throws {
        #expect(try ORCA.read([(name: "Content-Length", value: "5")]) == nil)
        #expect(try ORCA.read([(name: "Endpoint-Load-Metrics", value: "eps:1")])?.errorsPerSecond == 1)
        #expect(throws: BalancerError.self) {
            try ORCA.read([
                (name: ORCA.textHeader, value: "eps:1"), (name: ORCA.jsonHeader, value: "{\"eps\":1}"),
            ])
        }
    }

    @Test("no bytes make a reader do anything but read or refuse")
    func fuzz() {
        var generator = SeededGenerator(seed: 77)
        let seeds = [
            ORCA.text(full), ORCA.json(full), ORCA.binary(full), "TEXT eps:1", "BIN CQAA", "JSON {}", "ready 50% up#x",
        ]
        for round in 0..<6_000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0...generator.index(below: 4) {
                let position = generator.index(below: bytes.count + 1)
                switch generator.index(below: 3) {
                case 0: bytes.insert(UInt8(generator.index(below: 256)), at: position)
                case 1 where position < bytes.count: bytes[position] = UInt8(generator.index(below: 256))
                default: if position < bytes.count { bytes.removeSubrange(position..<min(bytes.count, position + 3)) }
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            for header in [ORCA.textHeader, ORCA.jsonHeader, ORCA.binaryHeader] {
                if let report = try? ORCA.read(text, of: header) { #expect(report.isValid) }
            }
            _ = try? AgentReport(reading: text)
        }
    }
}
