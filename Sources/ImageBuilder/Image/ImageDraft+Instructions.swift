// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

extension ImageDraft {
    /// Makes the change of an instruction whose variables are expanded, and notes it in the history.
    ///
    /// Of instructions that change files this notes the history only.
    mutating func apply(_ instruction: Instruction, scope: StageScope) {
        switch instruction.kind {
        case .env(let pairs): setEnvironment(pairs)
        case .label(let pairs): setLabels(pairs)
        case .arg(let arg): declare(arg)
        case .cmd(let command): setCommand(command)
        case .entrypoint(let command): setEntrypoint(command)
        case .expose(let ports):
            defaults.exposedPorts = (defaults.exposedPorts ?? []).union(ports)
            commit("EXPOSE \(Self.list(ports))")
        case .volume(let paths):
            defaults.volumes = (defaults.volumes ?? []).union(paths)
            commit("VOLUME \(Self.list(paths))")
        case .user(let user):
            defaults.user = user
            commit("USER \(user)")
        case .workdir(let path):
            defaults.workingDirectory = path
            commit("WORKDIR \(path)", makesLayer: path != "/")
        case .stopsignal(let signal):
            defaults.stopSignal = signal
            commit("STOPSIGNAL \(signal)")
        case .shell(let shell):
            defaults.shell = shell
            commit("SHELL \(Self.list(shell))")
        case .healthcheck(let check): setHealthcheck(check)
        case .maintainer(let name):
            author = name
            commit("MAINTAINER \(name)")
        case .onbuild(let text):
            // No step of its own, as in BuildKit.
            defaults.onBuild = (defaults.onBuild ?? []) + [text]
        case .copy(let copy):
            let flags = [
                copy.parents ? "--parents" : nil, copy.chown.map { "--chown=\($0)" },
                copy.chmod.map { "--chmod=\($0)" },
            ]
            commitFiles("COPY", flags, copy.sources)
        case .add(let add):
            let flags = [add.chown.map { "--chown=\($0)" }, add.chmod.map { "--chmod=\($0)" }]
            commitFiles("ADD", flags, add.sources)
        case .run(let run):
            let words = argumentList(in: scope) + CommandWords(run, shell: scope.shell).arguments
            commit("RUN \(words.joined(separator: " ")) # buildkit", makesLayer: true)
        }
    }

    private mutating func setEnvironment(_ pairs: [Instruction.Pair]) {
        var environment = Environment(defaults.environment ?? [])
        for pair in pairs { environment[pair.name] = pair.value }
        defaults.environment = environment.assignments
        commit("ENV " + pairs.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
    }

    private mutating func setLabels(_ pairs: [Instruction.Pair]) {
        var labels = defaults.labels ?? [:]
        for pair in pairs { labels[pair.name] = pair.value }
        defaults.labels = labels
        commit("LABEL " + pairs.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
    }

    private mutating func declare(_ arg: Instruction.Arg) {
        arguments += arg.variables.map(\.name)
        commit("ARG " + arg.variables.map { $0.name + ($0.value.map { "=\($0)" } ?? "") }.joined(separator: " "))
    }

    private mutating func setCommand(_ command: Instruction.Command) {
        let arguments = CommandWords.arguments(of: command, shell: defaults.shell ?? [])
        defaults.command = arguments
        // Docker needs it for Windows alone, but BuildKit always writes it.
        defaults.argumentsEscaped = true
        hasOwnCommand = true
        commit("CMD \(Self.quotedList(arguments))")
    }

    private mutating func setEntrypoint(_ command: Instruction.Command) {
        let arguments = CommandWords.arguments(of: command, shell: defaults.shell ?? [])
        defaults.entrypoint = arguments
        if !hasOwnCommand { defaults.command = nil }
        commit("ENTRYPOINT \(Self.quotedList(arguments))")
    }

    private mutating func setHealthcheck(_ check: Instruction.Healthcheck) {
        var healthcheck = ImageConfiguration.Defaults.Healthcheck(test: check.test)
        healthcheck.interval = check.interval.map(Self.nanoseconds)
        healthcheck.timeout = check.timeout.map(Self.nanoseconds)
        healthcheck.startPeriod = check.startPeriod.map(Self.nanoseconds)
        healthcheck.startInterval = check.startInterval.map(Self.nanoseconds)
        healthcheck.retries = check.retries == 0 ? nil : check.retries
        defaults.healthcheck = healthcheck
        func time(_ value: Int64?) -> String { DurationText.text(nanoseconds: value ?? 0) }
        commit(
            "HEALTHCHECK {Test:\(Self.list(check.test)) Interval:\(time(healthcheck.interval))"
                + " Timeout:\(time(healthcheck.timeout)) StartPeriod:\(time(healthcheck.startPeriod))"
                + " StartInterval:\(time(healthcheck.startInterval)) Retries:\(check.retries)}"
        )
    }

    private mutating func commitFiles(_ keyword: String, _ flags: [String?], _ sources: Instruction.Sources) {
        let words =
            [keyword] + flags.compactMap(\.self) + sources.paths + sources.files.map { "<<\($0.name)" }
            + [sources.destination]
        commit(words.joined(separator: " ") + " # buildkit", makesLayer: true)
    }

    /// The arguments that a command sees, as histories show them: `|2 A=1 B=2`.
    private func argumentList(in scope: StageScope) -> [String] {
        var names: [String] = []
        for name in arguments where !names.contains(name) { names.append(name) }
        guard !names.isEmpty else { return [] }
        return ["|\(names.count)"] + names.map { "\($0)=\(scope.environment[$0] ?? "")" }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }

    private static func list(_ words: [String]) -> String { "[" + words.joined(separator: " ") + "]" }

    private static func quotedList(_ words: [String]) -> String { list(words.map(\.quoted)) }
}
