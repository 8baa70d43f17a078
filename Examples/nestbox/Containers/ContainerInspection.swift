// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import Nestbox

/// A container in the shape that Docker's `inspect` gives it; members that have no meaning here are left out.
struct ContainerInspection: Encodable {
    struct Mount: Encodable {
        let `Type`: String
        let Name: String?
        let Source: String
        let Destination: String
        let Mode: String
        let RW: Bool
    }

    let Id: String
    let Name: String
    let Created: String
    let Path: String
    let Args: [String]
    let State: StateInspection
    let Image: String
    let RestartCount: Int
    let Driver = "overlay"
    let Config: ConfigurationInspection
    let HostConfig: HostInspection
    let Mounts: [Mount]
    let NetworkSettings: NetworkSettingsInspection

    init(_ record: ContainerRecord, endpoints: [String: NetworkEndpoint], networks: [NetworkRecord]) {
        Id = record.identifier
        Name = "/" + record.name
        Created = record.createdAt.description
        Path = record.command.first ?? ""
        Args = Array(record.command.dropFirst())
        State = StateInspection(record)
        Image = record.imageIdentifier
        RestartCount = record.restartCount
        Config = ConfigurationInspection(record)
        HostConfig = HostInspection(record)
        Mounts = record.mounts.map {
            Mount(
                Type: $0.volume == nil ? "bind" : "volume",
                Name: $0.volume,
                Source: $0.source,
                Destination: $0.target,
                Mode: $0.isReadOnly ? "ro" : "rw",
                RW: !$0.isReadOnly
            )
        }
        NetworkSettings = NetworkSettingsInspection(record, endpoints: endpoints, networks: networks)
    }
}

/// Where a container is in its life.
struct StateInspection: Encodable {
    struct HealthPart: Encodable {
        struct Probe: Encodable {
            let Start: String
            let End: String
            let ExitCode: Int
            let Output: String
        }

        let Status: String
        let FailingStreak: Int
        let Log: [Probe]
    }

    let Status: String
    let Running: Bool
    let Paused: Bool
    let Restarting: Bool
    let Dead = false
    let Pid: Int32
    let ExitCode: Int
    let Error: String
    let StartedAt: String
    let FinishedAt: String
    let Health: HealthPart?

    init(_ record: ContainerRecord) {
        let never = "0001-01-01T00:00:00Z"
        Status = record.state.status.rawValue
        Running = record.isRunning
        Paused = record.state.status == .paused
        Restarting = record.state.status == .restarting
        Pid = record.state.processIdentifier ?? 0
        ExitCode = record.state.exitCode ?? 0
        Error = record.state.error ?? ""
        StartedAt = record.state.startedAt?.description ?? never
        FinishedAt = record.state.finishedAt?.description ?? never
        Health = record.state.health.map { health in
            HealthPart(
                Status: health.status.rawValue,
                FailingStreak: health.failingStreak,
                Log: health.probes.map {
                    .init(
                        Start: $0.start.description,
                        End: $0.end.description,
                        ExitCode: $0.exitCode,
                        Output: $0.output
                    )
                }
            )
        }
    }
}

/// What a container's program is.
struct ConfigurationInspection: Encodable {
    struct HealthcheckPart: Encodable {
        let Test: [String]
        let Interval: Int64
        let Timeout: Int64
        let StartPeriod: Int64
        let Retries: Int
    }

    let Hostname: String
    let User: String
    let Tty: Bool
    let OpenStdin: Bool
    let Env: [String]
    let Cmd: [String]
    let Entrypoint: [String]?
    let Image: String
    let WorkingDir: String
    let Labels: [String: String]
    let StopSignal: String?
    let StopTimeout: Int
    let Healthcheck: HealthcheckPart?

    init(_ record: ContainerRecord) {
        let specification = record.specification
        Hostname = record.hostName
        User = specification.user ?? ""
        Tty = specification.hasTerminal
        OpenStdin = specification.readsInput
        Env = specification.environment
        Cmd = specification.command
        Entrypoint = specification.entrypoint
        Image = record.image
        WorkingDir = specification.workingDirectory ?? ""
        Labels = record.labels
        StopSignal = specification.stopSignal
        StopTimeout = record.stopTimeout
        Healthcheck = specification.health.map {
            HealthcheckPart(
                Test: $0.command.isEmpty ? ["NONE"] : ["CMD"] + $0.command,
                Interval: $0.interval,
                Timeout: $0.timeout,
                StartPeriod: $0.startPeriod,
                Retries: $0.retries
            )
        }
    }
}

/// How a container is run.
struct HostInspection: Encodable {
    struct Restart: Encodable {
        let Name: String
        let MaximumRetryCount: Int
    }

    struct Log: Encodable {
        let `Type` = "json-file"
        let Config: [String: String]
    }

    /// As Podman shows them: inside, on the host, how many.
    struct Mappings: Encodable {
        let UidMap: [String]
        let GidMap: [String]
    }

    let Memory: Int64
    let NanoCpus: Int64
    let PidsLimit: Int64
    let AutoRemove: Bool
    let NetworkMode: String
    let RestartPolicy: Restart
    let CapAdd: [String]
    let CapDrop: [String]
    let SecurityOpt: [String]
    let ReadonlyRootfs: Bool
    let Init: Bool
    let UsernsMode: String
    let IDMappings: Mappings?
    let ExtraHosts: [String]
    let Dns: [String]
    let DnsSearch: [String]
    let DnsOptions: [String]
    let Tmpfs: [String: String]
    let Ulimits: [String]
    let LogConfig: Log
    let PublishAllPorts: Bool

    init(_ record: ContainerRecord) {
        let specification = record.specification
        Memory = record.limits.memory ?? 0
        NanoCpus = Int64((record.limits.processors ?? 0) * 1e9)
        PidsLimit = record.limits.processes ?? 0
        AutoRemove = record.isRemovedAtEnd
        NetworkMode = specification.network.mode.description
        let restart = specification.restart.parts
        RestartPolicy = Restart(Name: restart.name, MaximumRetryCount: restart.most)
        CapAdd = specification.security.addedCapabilities
        CapDrop = specification.security.droppedCapabilities
        SecurityOpt = specification.security.options
        ReadonlyRootfs = specification.isReadOnly
        Init = specification.runsInit
        UsernsMode = specification.userNamespace?.description ?? ""
        IDMappings = record.users.map {
            Mappings(UidMap: ["0:\($0.firstUser):\($0.count)"], GidMap: ["0:\($0.firstGroup):\($0.count)"])
        }
        ExtraHosts = specification.network.extraHosts
        Dns = specification.network.nameServers.map { "\($0)" }
        DnsSearch = specification.network.searchDomains ?? []
        DnsOptions = specification.network.resolverOptions
        Tmpfs = Dictionary(
            specification.temporary.map { ($0.target, $0.size.map { "size=\($0)" } ?? "") },
            uniquingKeysWith: { $1 }
        )
        Ulimits = specification.security.processLimits
        var log = ["max-file": "\(specification.log.files)"]
        if let size = specification.log.size { log["max-size"] = "\(size)" }
        LogConfig = Log(Config: log)
        PublishAllPorts = specification.publishesExposedPorts
    }
}

/// Where a container is reached.
struct NetworkSettingsInspection: Encodable {
    struct Binding: Encodable {
        let HostIp: String
        let HostPort: String
    }

    struct Network: Encodable {
        let NetworkID: String
        let Aliases: [String]
        let Gateway: String
        let IPAddress: String
        let IPPrefixLen: Int
        let GlobalIPv6Address: String
        let GlobalIPv6PrefixLen: Int
        let MacAddress: String

        init(_ endpoint: NetworkEndpoint, network: String) {
            NetworkID = network
            Aliases = endpoint.aliases
            Gateway = endpoint.gateways.first { !$0.isIPv6 }.map { "\($0)" } ?? ""
            let four = endpoint.addresses.first { !$0.address.isIPv6 }
            let six = endpoint.addresses.first { $0.address.isIPv6 }
            IPAddress = four.map { "\($0.address)" } ?? ""
            IPPrefixLen = four?.length ?? 0
            GlobalIPv6Address = six.map { "\($0.address)" } ?? ""
            GlobalIPv6PrefixLen = six?.length ?? 0
            MacAddress = HardwareAddressText.text(endpoint.hardwareAddress)
        }
    }

    let IPAddress: String
    let Gateway: String
    let MacAddress: String
    let Ports: [String: [Binding]]
    let Networks: [String: Network]

    init(_ record: ContainerRecord, endpoints: [String: NetworkEndpoint], networks: [NetworkRecord]) {
        let identifiers = Dictionary(networks.map { ($0.name, $0.identifier) }, uniquingKeysWith: { $1 })
        Networks = Dictionary(
            endpoints.map { ($0.key, Network($0.value, network: identifiers[$0.key] ?? "")) },
            uniquingKeysWith: { $1 }
        )
        let bridge = Networks["bridge"]
        IPAddress = bridge?.IPAddress ?? ""
        Gateway = bridge?.Gateway ?? ""
        MacAddress = bridge?.MacAddress ?? ""
        let bindings = (record.isRunning ? record.ports : []).map {
            (
                "\($0.containerPort)/\($0.transport.rawValue)",
                [Binding(HostIp: $0.hostAddress, HostPort: String($0.hostPort))]
            )
        }
        Ports = Dictionary(bindings, uniquingKeysWith: +)
    }
}
