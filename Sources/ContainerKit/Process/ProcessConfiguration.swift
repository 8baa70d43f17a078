// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// The program that a container runs, and how.
public struct ProcessConfiguration: Sendable {
    /// The program and its arguments.
    ///
    /// A program without a slash is looked for in the environment's `PATH`.
    public var arguments: [String]

    /// The environment, as `NAME=value`; nothing of the host application's is inherited.
    public var environment: [String]

    /// Where the program starts: an absolute path in the container, made where it is missing.
    public var workingDirectory: FilePath

    /// Who the program runs as.
    ///
    /// Root by default.
    public var user: ProcessUser

    /// What the program may do.
    ///
    /// Docker's set by default.
    public var capabilities: ProcessCapabilities

    /// Whether nothing the program executes can gain privileges (`PR_SET_NO_NEW_PRIVS`).
    ///
    /// On by default.
    public var noNewPrivileges: Bool

    /// The program's resource limits (`prlimit(2)`); those not named are inherited.
    public var resourceLimits: [ResourceLimit]

    /// The file mode creation mask.
    ///
    /// `0022` by default, whatever the host application's own is.
    public var fileModeMask: FilePermissions

    /// How readily the kernel kills the program when memory runs out, from -1000 (never) to 1000; `nil` inherits.
    public var oomScoreAdjustment: Int?

    /// How the scheduler treats the program; `nil` inherits.
    public var scheduling: Scheduling?

    /// How the program's requests to block devices are ranked; `nil` inherits.
    public var ioPriority: IOPriority?

    /// The processors that the program may run on, such as `0-3,7`; `nil` inherits.
    public var processors: String?

    /// On which memory nodes the program's memory is placed; `nil` inherits.
    public var memoryPolicy: MemoryPolicy?

    /// Where the program's input comes from.
    public var standardInput: StreamSource

    /// Where the program's output goes.
    public var standardOutput: StreamDestination

    /// Where the program's error output goes.
    public var standardError: StreamDestination

    /// Makes a terminal for the program's three streams (`pty(7)`) of this size; `nil` gives it none.
    ///
    /// It is an instance of the container's own. What the program writes comes through its standard output, what is
    /// written to its standard input is typed; ``standardInput``, ``standardOutput`` and ``standardError`` say nothing
    /// then. See ``Terminal``.
    public var terminal: Terminal.Size?

    /// Further descriptors of the host application that the program gets, as 3, 4 and so on.
    ///
    /// They are duplicated when the container is created and stay open in the host application.
    public var descriptors: [FileDescriptor]

    /// The environment that a program gets where nothing else is said.
    public static let defaultEnvironment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]

    /// Creates a process with Docker's defaults, no input, and output that is discarded.
    ///
    /// - Parameters:
    ///   - arguments: The program and its arguments.
    ///   - environment: The environment, as `NAME=value`.
    ///   - workingDirectory: Where the program starts.
    ///   - user: Who it runs as.
    ///   - input: Where its input comes from.
    ///   - output: Where its output goes.
    ///   - error: Where its error output goes.
    public init(
        _ arguments: [String],
        environment: [String] = ProcessConfiguration.defaultEnvironment,
        workingDirectory: FilePath = "/",
        user: ProcessUser = .root,
        input: StreamSource = .null,
        output: StreamDestination = .null,
        error: StreamDestination = .null
    ) {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.capabilities = ProcessCapabilities()
        self.noNewPrivileges = true
        self.resourceLimits = []
        self.fileModeMask = FilePermissions(rawValue: 0o022)
        self.standardInput = input
        self.standardOutput = output
        self.standardError = error
        self.descriptors = []
    }
}
