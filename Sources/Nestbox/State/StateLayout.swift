// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// Where everything is kept beneath an engine's root.
///
/// ```
/// lock              held while containers or services are added and removed
/// containers/ID/    one directory for each container, see ContainerDirectory
/// names/NAME        a link that says whose the name is
/// services/NAME/    one directory for each service
/// networks/NAME/    one directory for each network, see NetworkStore
/// events.log        what happened, see EventLog
/// trash/            what is being removed
/// images/ volumes/  the stores
/// ```
struct StateLayout: Sendable {
    let root: FilePath

    var lock: FilePath { root.appending("lock") }
    var containers: FilePath { root.appending("containers") }
    var names: FilePath { root.appending("names") }
    var services: FilePath { root.appending("services") }
    var networks: FilePath { root.appending("networks") }
    var events: FilePath { root.appending("events.log") }
    var trash: FilePath { root.appending("trash") }
    var images: FilePath { root.appending("images") }
    var volumes: FilePath { root.appending("volumes") }
    /// A layer for images that have none.
    var emptyLayer: FilePath { root.appending("empty") }

    /// Makes the directories that are missing.
    func make() throws(SystemFailure) {
        for path in [root, containers, names, services, networks, trash] { try Directory(path).make() }
        try Directory(emptyLayer).make(mode: 0o755)
    }

    func container(_ identifier: String) -> ContainerDirectory {
        ContainerDirectory(path: containers.appending(identifier))
    }

    func service(_ name: String) -> ServiceDirectory {
        ServiceDirectory(path: services.appending(name))
    }
}

/// The files of one container.
struct ContainerDirectory: Sendable {
    let path: FilePath

    /// Held by the process that the container belongs to, for as long as that lives and has something to do for it.
    var lock: FilePath { path.appending("lock") }
    var record: StateFile<ContainerRecord> { StateFile(path: path.appending("container.json")) }
    /// The program's output, in the form of Docker's json-file driver.
    var log: FilePath { path.appending("output.log") }
    /// What the monitor of a detached container has to say.
    var monitorLog: FilePath { path.appending("monitor.log") }
    var upper: FilePath { path.appending("upper") }
    var work: FilePath { path.appending("work") }
    /// The container's `/etc/hostname`, `/etc/hosts` and `/etc/resolv.conf`.
    var hostNameFile: FilePath { path.appending("hostname") }
    var hostsFile: FilePath { path.appending("hosts") }
    var resolverFile: FilePath { path.appending("resolv.conf") }
    /// Is there once someone has asked for the container's end, so that it is not started again.
    var stopMark: FilePath { path.appending("stopped") }
    /// A link whose target says which of the host's users are the container's own, see UserRange.
    var usersLink: FilePath { path.appending("users") }
    /// Where others reach its streams, if it was started detached with input or a terminal.
    var attachSocket: FilePath { path.appending("attach") }
    /// A pipe through which those who pause the container for a copy are known, see PauseHold.
    var pauses: FilePath { path.appending("pauses") }
}

/// The files of one service.
struct ServiceDirectory: Sendable {
    let path: FilePath

    /// Held by the process that the service belongs to.
    var lock: FilePath { path.appending("lock") }
    var record: StateFile<ServiceRecord> { StateFile(path: path.appending("service.json")) }
    var monitorLog: FilePath { path.appending("monitor.log") }
    /// The requests that its ports have served, in the form of containers' output.
    var accessLog: FilePath { path.appending("access.log") }
    /// What was done at its ports, as Prometheus reads it.
    var metrics: StateFile<String> { StateFile(path: path.appending("metrics.json")) }
}
