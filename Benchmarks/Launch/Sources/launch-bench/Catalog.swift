// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// The scenarios, with the contenders that this machine has.
struct Catalog {
    let workspace: Workspace
    let programs: Programs
    /// The filter that ContainerKit loads, and crun's for the same profile.
    let filter: FilePath
    let crunFilter: FilePath?
    /// Which OCI runtimes are installed.
    let runtimes: [String]
    let residentGiB: Int

    func sequential() throws -> Scenario {
        var contenders = [floor(), containerKit()] + (try peers(inFlight: 1))
        contenders.append(containerKit(name: "ContainerKit, \(residentGiB) GiB resident", residentGiB: residentGiB))
        contenders += [
            floor(name: "floor, overlay root", ["--overlay", workspace.uppers.string], baseline: "floor"),
            containerKit(
                name: "ContainerKit, overlay root",
                ["--overlay", workspace.uppers.string],
                baseline: "floor, overlay root"
            ),
        ]
        if let crunFilter {
            contenders.append(floor(name: "floor, crun's filter", filter: crunFilter, baseline: "floor"))
        }
        return Scenario(title: "One after the other", inFlight: 1, contenders: contenders)
    }

    func together(inFlight: Int) throws -> Scenario {
        let contenders = [floor(), containerKit()] + (try peers(inFlight: inFlight))
        return Scenario(title: "\(inFlight) in flight", inFlight: inFlight, contenders: contenders)
    }

    private func floor(
        name: String = "floor",
        _ options: [String] = [],
        filter: FilePath? = nil,
        baseline: String? = nil
    ) -> Contender {
        let filter = filter ?? self.filter
        return Contender(
            name: name,
            program: [programs.floor.string, "--root", workspace.root.string, "--seccomp", filter.string] + options,
            baseline: baseline
        )
    }

    private func containerKit(
        name: String = "ContainerKit",
        _ options: [String] = [],
        residentGiB: Int = 0,
        baseline: String = "floor"
    ) -> Contender {
        let resident = residentGiB == 0 ? [] : ["--resident-gib", String(residentGiB)]
        return Contender(
            name: name,
            program: [programs.contain.string, "--root", workspace.root.string] + resident + options,
            baseline: residentGiB == 0 ? baseline : "ContainerKit"
        )
    }

    private func peers(inFlight: Int) throws -> [Contender] {
        try runtimes.map { name in
            try OCIRuntime(name: name, workspace: workspace, programs: programs)
                .contender(inFlight: inFlight, share: name == "runc" ? 10 : 20)
        }
    }
}
