// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Everything that defines a container: what runs, on which root filesystem, in which namespaces, within which limits.
///
/// The members follow the OCI runtime specification's `config.json`; the defaults are Docker's. A configuration is
/// validated and compiled as a whole before anything is created.
public struct ContainerConfiguration: Sendable {
    /// The name of the container within its runtime: letters, digits, `_`, `.`, `+` and `-`, at most 128 characters.
    public var identifier: String

    /// The program and how it runs.
    public var process: ProcessConfiguration

    /// Where the container's root filesystem comes from.
    public var rootFilesystem: RootFilesystem

    /// What is mounted into the root filesystem, in this order.
    ///
    /// The default is ``Mount/standard``.
    public var mounts: [Mount]

    /// The host's device nodes that the container sees under `/dev`.
    ///
    /// The default is ``DeviceNode/standard``.
    ///
    /// They are bound from the host; nodes that the container makes for itself are never usable.
    public var devices: [DeviceNode]

    /// Which namespaces are the container's own.
    ///
    /// By default all but the user namespace.
    public var namespaces: Namespaces

    /// The container's host name, at most 64 bytes; `nil` leaves the namespace's.
    public var hostName: String?

    /// The container's NIS domain name, at most 64 bytes; `nil` leaves the namespace's.
    public var domainName: String?

    /// The limits on memory, processor time and processes.
    public var resources: Resources

    /// Which system calls the program may make.
    ///
    /// The default is Docker's profile.
    public var seccomp: SeccompPolicy

    /// Paths that the container can't read: covered with the null device or an empty directory.
    ///
    /// Missing ones are passed.
    public var maskedPaths: [FilePath]

    /// Paths that the container can't write.
    ///
    /// Missing ones are passed.
    public var readOnlyPaths: [FilePath]

    /// Kernel parameters of the container's own namespaces, as in `sysctl.conf`: `net.core.somaxconn` to `1024`.
    public var kernelParameters: [String: String]

    /// The execution domain (`personality(2)`); 8 makes a 64-bit machine name itself a 32-bit one, `nil` inherits.
    public var personality: UInt32?

    /// Programs that are run at points of the container's life.
    public var hooks: Hooks

    /// Whether the root filesystem and the bind mounts show owner *n* on the disk as user *n* of the container's user
    /// namespace, so that nothing has to be changed on the disk.
    ///
    /// See ``isolateUsers(_:)``.
    public var mapsFiles: Bool

    /// A way out of the container's network for a host application without root; `nil` leaves it its loopback.
    public var userModeNetwork: UserModeNetwork?

    /// Network devices that are moved into the container's network namespace.
    public var networkDevices: [NetworkDevice]

    /// Notes of whoever made the container; hooks and engines read them, the runtime does not.
    public var annotations: [String: String]

    /// Where the container's bundle is, for the state that hooks get.
    public var bundle: FilePath?

    /// The control group for the container, below the top of each hierarchy; `nil` is one of the runtime's own.
    package var cgroupPath: CgroupPath?

    /// Whether the container gets control groups.
    package var hasGroups = true

    /// Where the launch is kept for another process that starts the program.
    package var launchFiles: LaunchFiles?

    /// Whether the container dies with the process that makes it.
    package var isBound: Bool

    /// Whether the program is looked for before the container is started.
    package var findsProgramEarly: Bool

    /// Whether devices are made in the root filesystem itself where no fresh `/dev` is mounted.
    package var makesDevicesInRoot = false

    /// The name of a session keyring of the container's own; `nil` keeps the host application's.
    package var keyring: String?

    /// Whether a small init runs as process 1, reaps orphans and passes signals on to the program.
    public var runsInit: Bool

    /// The signal that ``Container/stop(gracePeriod:)`` sends first.
    ///
    /// `SIGTERM` by default.
    public var stopSignal: Signal

    /// Creates a configuration with Docker's defaults.
    ///
    /// - Parameters:
    ///   - identifier: The container's name; a random one by default.
    ///   - rootFilesystem: Where the root filesystem comes from.
    ///   - process: The program and how it runs.
    public init(
        identifier: String = ContainerConfiguration.randomIdentifier(),
        rootFilesystem: RootFilesystem,
        process: ProcessConfiguration
    ) {
        self.identifier = identifier
        self.rootFilesystem = rootFilesystem
        self.process = process
        self.mounts = Mount.standard
        self.devices = DeviceNode.standard
        self.namespaces = Namespaces()
        self.resources = Resources()
        self.seccomp = .standard
        self.maskedPaths = Self.defaultMaskedPaths
        self.readOnlyPaths = Self.defaultReadOnlyPaths
        self.kernelParameters = [:]
        self.personality = nil
        self.hooks = Hooks()
        self.mapsFiles = false
        self.userModeNetwork = nil
        self.networkDevices = []
        self.annotations = [:]
        self.bundle = nil
        self.cgroupPath = nil
        self.launchFiles = nil
        self.isBound = true
        self.findsProgramEarly = false
        self.keyring = nil
        self.runsInit = false
        self.stopSignal = .terminate
    }

    /// Gives the container users of its own: its root is an unprivileged user outside.
    ///
    /// The files of the root filesystem and of bind mounts keep their owners on the disk; they are shown to the container
    /// through ID-mapped mounts. So directories and volumes are shared with containers of any other map.
    ///
    /// Overlaid layers need Linux 6.15, a directory as root filesystem 5.12. What the container writes is on the disk as it
    /// would be without a map, so that a container of another map or of none can go on with it.
    ///
    /// - Parameter users: The map; user and group 0 have to be in it. By default the 65,536 users and groups from 100,000 on.
    public mutating func isolateUsers(
        _ users: UserNamespace = UserNamespace(mappings: [.init(inside: 0, outside: 100_000, count: 65_536)])
    ) {
        namespaces.user = users
        mapsFiles = true
    }

    /// A fresh identifier: 64 random hexadecimal digits, as Docker's.
    public static func randomIdentifier() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
