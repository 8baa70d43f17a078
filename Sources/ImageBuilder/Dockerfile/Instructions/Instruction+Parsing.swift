// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction {
    /// The meaning of a line that is not `FROM`.
    init(_ line: InstructionLine) throws(ImageBuilderError) {
        kind = try Kind(line)
        keyword = line.keyword.text
        text = line.original.trimmed()
        location = line.line.location
        comments = line.comments
        isTrigger = false
        self.line = line.line
    }
}

extension Instruction.Kind {
    init(_ line: InstructionLine) throws(ImageBuilderError) {
        switch line.kind {
        case .add: self = .add(try .init(line))
        case .arg: self = .arg(try .init(line))
        case .cmd: self = .cmd(try .init(line, accepting: [:]))
        case .copy: self = .copy(try .init(line))
        case .entrypoint: self = .entrypoint(try .init(line, accepting: [:]))
        case .env: self = .env(try Instruction.Pair.pairs(of: line))
        case .expose: self = .expose(try line.checkedArguments().sorted(by: Self.precedes))
        case .healthcheck: self = .healthcheck(try .init(line))
        case .label: self = .label(try Instruction.Pair.pairs(of: line))
        case .maintainer: self = .maintainer(try line.onlyArgument())
        case .onbuild: self = .onbuild(try Self.trigger(line))
        case .run: self = .run(try .init(line))
        case .shell: self = .shell(try Self.shell(line))
        case .stopsignal: self = .stopsignal(try line.onlyArgument(checkingFlags: false))
        case .user: self = .user(try line.onlyArgument())
        case .volume: self = .volume(try Self.volumes(line))
        case .workdir: self = .workdir(try line.onlyArgument())
        case .from: throw line.error(.invalidArgument, "FROM begins a stage and can't stand inside one")
        case nil: throw line.unknownInstruction()
        }
    }

    /// The order of the bytes, the same everywhere.
    private static func precedes(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }

    private static func shell(_ line: InstructionLine) throws(ImageBuilderError) -> [String] {
        let arguments = try line.checkedArguments()
        guard line.isJSON else {
            throw line.error(.invalidArgument, "SHELL must be a JSON array: SHELL [\"/bin/sh\", \"-c\"]")
        }
        return arguments
    }

    private static func volumes(_ line: InstructionLine) throws(ImageBuilderError) -> [String] {
        let paths = try line.checkedArguments().map { $0.trimmed() }
        if let empty = paths.firstIndex(of: "") {
            throw line.error(.invalidArgument, "a VOLUME path can't be empty", at: line.arguments[empty])
        }
        return paths
    }

    /// The text of the instruction after `ONBUILD`, with its here-documents.
    private static func trigger(_ line: InstructionLine) throws(ImageBuilderError) -> String {
        guard let trigger = line.triggers.first else {
            throw line.error(.invalidArgument, "ONBUILD needs an instruction")
        }
        _ = try FlagSet(line, accepting: [:])
        switch trigger.kind {
        case .onbuild, .maintainer, .from:
            let keyword = trigger.keyword.text.uppercased()
            throw line.error(.invalidArgument, "\(keyword) can't follow ONBUILD", at: trigger.keyword)
        default: break
        }
        let scalars = ScalarText(text: line.original)
        let afterKeyword = scalars.trimmedStart().dropFirst(line.keyword.range.count)
        var text = String(afterKeyword.drop(while: \.isASCIISpace))
        for document in line.heredocs { text += "\n" + document.content + document.name }
        return text
    }
}
