// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder

extension ParseCase.Command.Value {
    /// What the corpus would say of `kind`.
    init(_ kind: Instruction.Kind) {
        self.init()
        switch kind {
        case .add(let add):
            fill(add.sources, excludes: add.excludes)
            Checksum = add.checksum ?? ""
            Chmod = add.chmod ?? ""
            Chown = add.chown ?? ""
            Link = add.link
            KeepGitDir = add.keepGitDirectory
            Unpack = add.unpack
        case .copy(let copy):
            fill(copy.sources, excludes: copy.excludes)
            Chmod = copy.chmod ?? ""
            Chown = copy.chown ?? ""
            From = copy.from ?? ""
            Link = copy.link
            Parents = copy.parents
        case .cmd(let command), .entrypoint(let command): fill(command)
        case .run(let run):
            fill(run.command)
            FlagsUsed = run.flags.sorted()
        case .arg(let arg): Args = arg.variables.map(ParseCase.Argument.init)
        case .env(let pairs): Env = pairs.map(ParseCase.Command.Pair.init)
        case .label(let pairs): Labels = pairs.map(ParseCase.Command.Pair.init)
        case .expose(let ports): Ports = ports
        case .healthcheck(let check): Health = ParseCase.Command.Health(check)
        case .maintainer(let text): Maintainer = text
        case .onbuild(let text): Expression = text
        case .shell(let shell): Shell = shell
        case .stopsignal(let text): Signal = text
        case .user(let text): User = text
        case .volume(let paths): Volumes = paths
        case .workdir(let text): Path = text
        }
    }

    private mutating func fill(_ sources: Instruction.Sources, excludes: [String]) {
        DestPath = sources.destination
        SourcePaths = sources.paths
        SourceContents = sources.files.map { .init(Path: $0.name, Data: $0.content, Expand: $0.expands) }
        ExcludePatterns = excludes
    }

    private mutating func fill(_ command: Instruction.Command) {
        CmdLine = command.arguments
        PrependShell = command.isShellForm
        Files = command.files.map { .init(Name: $0.name, Data: $0.content, Chomp: $0.chomps) }
    }

    /// Empty lists and absent ones made the same.
    var normalised: Self {
        var copy = self
        copy.FlagsUsed = FlagsUsed.map { $0.sorted() }
        if CmdLine?.isEmpty == true { copy.CmdLine = nil }
        if ExcludePatterns?.isEmpty == true { copy.ExcludePatterns = nil }
        if Files?.isEmpty == true { copy.Files = nil }
        if SourceContents?.isEmpty == true { copy.SourceContents = nil }
        if SourcePaths?.isEmpty == true { copy.SourcePaths = nil }
        return copy
    }
}

extension ParseCase.Argument {
    init(_ variable: Instruction.Arg.Variable) {
        self.init(Key: variable.name, Value: variable.value, DocComment: variable.documentation ?? "")
    }
}

extension ParseCase.Command.Pair {
    init(_ pair: Instruction.Pair) {
        self.init(Key: pair.name, Value: pair.value, NoDelim: pair.isLegacy)
    }
}

extension ParseCase.Command.Health {
    init(_ check: Instruction.Healthcheck) {
        self.init(
            Test: check.test,
            Interval: check.interval.map(Self.nanoseconds),
            Timeout: check.timeout.map(Self.nanoseconds),
            StartPeriod: check.startPeriod.map(Self.nanoseconds),
            StartInterval: check.startInterval.map(Self.nanoseconds),
            Retries: check.retries == 0 ? nil : check.retries
        )
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }
}

extension ParseCase.Command.Mount {
    /// A mount of which nothing but its origin is known.
    init(from: String?) {
        self.init(
            Type: "bind",
            From: from ?? "",
            Source: "",
            Target: "",
            ReadOnly: true,
            SizeLimit: 0,
            CacheID: "",
            CacheSharing: "",
            Required: false
        )
    }

    init(_ mount: Instruction.Run.Mount) {
        self.init(
            Type: mount.kind.description,
            From: mount.from ?? "",
            Source: mount.source ?? "",
            Target: mount.target ?? "",
            ReadOnly: mount.isReadOnly,
            SizeLimit: mount.sizeLimit,
            CacheID: mount.id ?? "",
            CacheSharing: mount.sharing?.description ?? "",
            Required: mount.isRequired,
            Env: mount.variable,
            Mode: mount.mode,
            UID: mount.userID,
            GID: mount.groupID
        )
    }
}
