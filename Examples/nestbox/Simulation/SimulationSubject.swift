// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerSimulation
import SystemPackage

/// What is simulated: a workload that has a name, or a scenario.
enum SimulationSubject {
    case workload(NamedWorkload)
    case scenario(Scenario)

    /// Finds a workload by its name, or else reads a file.
    static func read(_ name: String) throws -> SimulationSubject {
        if let workload = NamedWorkload.named(name) { return .workload(workload) }
        let path = HostPath.absolute(name)
        let text: String
        do {
            text = try HostFile.text(of: path)
        } catch let error as Errno where error == .noSuchFileOrDirectory && !name.contains("/") {
            let names = NamedWorkload.all.map(\.name).joined(separator: ", ")
            throw SimulationFailure("there is no workload and no file '\(name)'; there are the workloads \(names)")
        } catch {
            throw SimulationFailure("the scenario '\(name)' can't be read: \(error)")
        }
        do {
            return .scenario(
                try Scenario(parsing: text) { file in
                    // Names in a scenario start where the scenario lies.
                    let beside = path.removingLastComponent().pushing(FilePath(file))
                    do { return try HostFile.text(of: beside) } catch {
                        throw SimulationFailure("the file '\(file)' that '\(name)' names can't be read: \(error)")
                    }
                }
            )
        } catch let error as BalancerError {
            throw SimulationFailure("\(name): \(error.message)")
        }
    }

    /// Its policies on its workload, at a load if one is asked for.
    func comparison(load: Double?) throws -> Comparison {
        switch self {
        case .workload(let named):
            return Comparison(workload: try named.workload(load: load), policies: NamedPolicy.usual)
        case .scenario(let scenario):
            var comparison = scenario.comparison
            if let load {
                let capacity = scenario.workload.servers.reduce(0) { $0 + $1.cores * $1.speed }
                comparison.workload.arrivalRate = load * capacity / scenario.workload.work.mean
            }
            return comparison
        }
    }
}

/// What went wrong, as a sentence; unlike a mistake in the arguments it is not followed by their list.
struct SimulationFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
