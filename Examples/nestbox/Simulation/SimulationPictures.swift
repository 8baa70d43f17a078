// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import BalancerSimulation
import Glibc
import SystemPackage

/// The pictures of a simulation as files.
struct SimulationPictures {
    private let reports: [SimulationReport]

    init(_ reports: [SimulationReport]) {
        self.reports = reports
    }

    /// Writes one file for each picture and says where; makes the directory if it is missing.
    func write(to directory: String) throws {
        let folder = HostPath.absolute(directory)
        if mkdir(folder.string, 0o755) != 0, errno != EEXIST {
            let reason = Errno(rawValue: errno)
            throw SimulationFailure("the directory '\(directory)' can't be made: \(reason)")
        }
        var written: [String] = []
        for (name, svg) in pictures {
            do {
                try HostFile.write(svg, to: folder.appending("\(name).svg"))
            } catch {
                throw SimulationFailure("'\(directory)/\(name).svg' can't be written: \(error)")
            }
            written.append("\(name).svg")
        }
        Notice.write("pictures in \(directory): \(written.joined(separator: ", "))")
    }

    private var pictures: [(name: String, svg: String)] {
        var pictures: [(String, String)] = []
        for report in reports {
            let suffix = reports.count > 1 ? report.load.map { "-\($0)" } ?? "" : ""
            for picture in ComparisonPlots(workload: report.workload, rows: report.rows).pictures {
                pictures.append((picture.name + suffix, picture.svg))
            }
        }
        if reports.count > 1 { pictures.append(("load", byLoad.svg)) }
        return pictures
    }

    /// p99 against load.
    private var byLoad: LineChart {
        let names = reports.first?.rows.map(\.name) ?? []
        return LineChart(
            title: "\(reports.first?.workload.name ?? ""): p99 latency against load",
            xLabel: "load, % of what the replicas can do",
            yLabel: "p99 latency, ms",
            series: names.enumerated().map { index, name in
                LineChart.Series(name, reports.map { (($0.load ?? 0) * 100, $0.rows[index].median.latency.p99) })
            },
            isLogarithmic: true
        )
    }
}
