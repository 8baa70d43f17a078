// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Makes a seccomp program shorter without changing a single answer.
///
/// The kernel checks, translates and compiles a program each time it is loaded, which is in every launch: measured on
/// x86-64, about 0.3 µs an instruction. libseccomp spends an instruction on each allowed call, three times over for
/// the three conventions of x86-64. This finds, for every architecture, which *ranges* of numbers share an answer, and
/// orders the ranges as a binary tree; what depends on arguments is kept as libseccomp wrote it.
///
/// The answers are read off the program itself: between two numbers that the program compares with, its behaviour
/// can't change, so one try per interval covers all 2³² numbers. Where a program does something that this reasoning
/// doesn't cover, it is left as it is.
struct SeccompOptimizer {
    /// The program has a form that is not understood; it must stay as it is.
    fileprivate struct NotUnderstood: Error {}

    /// What the accumulator holds while a call's number and architecture are known.
    fileprivate enum Accumulator: Hashable {
        case architecture
        case number
        /// A word of an argument.
        case unknown
    }

    /// A place in the program, as far as what follows depends on it.
    private struct Place: Hashable {
        var position: Int
        var accumulator: Accumulator
    }

    /// A step of the program with the places that follow it.
    private enum Step {
        case answer(UInt32)
        case operation(BPFInstruction, next: Place)
        case test(BPFInstruction.Comparison, UInt32, then: Place, else: Place)
    }

    /// Neighbouring numbers that share an answer.
    private struct Segment {
        var first: UInt32
        var outcome: BPFGraph.Index
    }

    private let program: [BPFInstruction]
    private let architectures: [UInt32]
    /// Where the behaviour may change, in rising order.
    private let edges: [UInt32]
    private var graph = BPFGraph()

    /// Shortens a program.
    ///
    /// - Parameters:
    ///   - program: The program.
    ///   - architectures: Every value of `seccomp_data.arch` that the program compares with, the usual one first.
    /// - Returns: A program with the same answers; the same program where no shorter one was found.
    static func optimize(_ program: [BPFInstruction], architectures: [UInt32]) -> [BPFInstruction] {
        var optimizer = SeccompOptimizer(program, architectures)
        guard let shorter = try? optimizer.rebuild(), shorter.count < program.count else { return program }
        return shorter
    }

    private init(_ program: [BPFInstruction], _ architectures: [UInt32]) {
        self.program = program
        self.architectures = architectures.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        // x32's bit divides the numbers at its multiples.
        var edges: Set<UInt32> = [0, 0x4000_0000, 0x8000_0000, 0xc000_0000]
        for instruction in program {
            switch BPFInstruction.Comparison(rawValue: instruction.code) {
            case .equal: edges.formUnion([instruction.operand, instruction.operand &+ 1])
            case .greater: edges.insert(instruction.operand &+ 1)
            case .greaterOrEqual: edges.insert(instruction.operand)
            default: continue
            }
        }
        self.edges = edges.sorted()
    }

    private mutating func rebuild() throws(NotUnderstood) -> [BPFInstruction] {
        // A value of no architecture stands for all that the program doesn't compare with.
        guard !architectures.contains(0) else { throw NotUnderstood() }
        var root = try section(of: 0)
        for architecture in architectures.reversed() {
            root = graph.add(.test(.equal, architecture, then: try section(of: architecture), else: root))
        }
        let start = graph.add(.operation(.load(.architecture), next: root))
        return graph.program(from: start)
    }

    /// The part for one architecture.
    private mutating func section(of architecture: UInt32) throws(NotUnderstood) -> BPFGraph.Index {
        var segments: [Segment] = []
        for edge in edges {
            let start = Place(position: 0, accumulator: .unknown)
            let outcome = try specialize(start, architecture: architecture, number: edge)
            if segments.last?.outcome != outcome { segments.append(Segment(first: edge, outcome: outcome)) }
        }
        guard segments.count > 1 else { return segments[0].outcome }
        let tree = tree(of: segments[...])
        return graph.add(.operation(.load(.number), next: tree))
    }

    /// A binary tree of comparisons over segments.
    private mutating func tree(of segments: ArraySlice<Segment>) -> BPFGraph.Index {
        let (first, last) = (segments.startIndex, segments.endIndex - 1)
        if segments.count == 1 { return segments[first].outcome }
        if segments.count == 3, segments[first].outcome == segments[last].outcome,
            segments[first + 1].first &+ 1 == segments[last].first
        {
            // A single number between two equal answers takes one comparison, not two.
            let single = segments[first + 1]
            return graph.add(.test(.equal, single.first, then: single.outcome, else: segments[first].outcome))
        }
        let middle = segments.startIndex + segments.count / 2
        let upper = tree(of: segments[middle...])
        let lower = tree(of: segments[..<middle])
        return graph.add(.test(.greaterOrEqual, segments[middle].first, then: upper, else: lower))
    }

    /// What follows from a place once the architecture and number are known: an answer, or what libseccomp wrote for
    /// the arguments.
    ///
    /// Places that wait for what follows them are in an array, since a chain of conditions may be thousands long and a
    /// thread's stack short.
    private mutating func specialize(
        _ start: Place,
        architecture: UInt32,
        number: UInt32
    ) throws(NotUnderstood) -> BPFGraph.Index {
        var known: [Place: BPFGraph.Index] = [:]
        var pending = [(place: start, step: try step(from: start, architecture: architecture, number: number))]
        while let (place, step) = pending.last {
            let node: BPFGraph.Node
            var missing: Place?
            switch step {
            case .answer(let verdict):
                node = .answer(verdict)
            case .operation(let instruction, let next):
                if known[next] == nil { missing = next }
                node = .operation(instruction, next: known[next, default: 0])
            case .test(let comparison, let operand, let then, let otherwise):
                if known[then] == nil { missing = then } else if known[otherwise] == nil { missing = otherwise }
                node = .test(comparison, operand, then: known[then, default: 0], else: known[otherwise, default: 0])
            }
            if let missing {
                pending.append((missing, try self.step(from: missing, architecture: architecture, number: number)))
            } else {
                known[place] = graph.add(node)
                pending.removeLast()
            }
        }
        return known[start, default: 0]
    }

    /// The first step from a place that the architecture and number don't decide.
    private func step(
        from start: Place,
        architecture: UInt32,
        number: UInt32
    ) throws(NotUnderstood) -> Step {
        var (position, accumulator) = (start.position, start.accumulator)
        while true {
            guard program.indices.contains(position) else { throw NotUnderstood() }
            let instruction = program[position]
            position += 1
            func place(after skipped: UInt8 = 0) -> Place {
                Place(position: position + Int(skipped), accumulator: accumulator)
            }
            switch (instruction.code, accumulator) {
            case (BPFInstruction.Code.answer, _):
                return .answer(instruction.operand)
            case (BPFInstruction.Code.load, _):
                accumulator = Accumulator(loadedFrom: instruction.operand)
                if accumulator == .unknown { return .operation(instruction, next: place()) }
            case (BPFInstruction.Code.and, .unknown):
                return .operation(instruction, next: place())
            case (BPFInstruction.Code.skip, _):
                position += Int(instruction.operand)
            case (_, .unknown):
                guard let comparison = BPFInstruction.Comparison(rawValue: instruction.code) else {
                    throw NotUnderstood()
                }
                return .test(
                    comparison,
                    instruction.operand,
                    then: place(after: instruction.jumpTrue),
                    else: place(after: instruction.jumpFalse)
                )
            case (_, .number):
                position += try instruction.distance(comparing: number)
            case (_, .architecture):
                // Only comparisons with the given architectures make the one value of no architecture stand for all.
                guard instruction.code == BPFInstruction.Comparison.equal.rawValue,
                    architectures.contains(instruction.operand)
                else { throw NotUnderstood() }
                position += try instruction.distance(comparing: architecture)
            }
        }
    }
}

extension SeccompOptimizer.Accumulator {
    /// What a load from an offset brings.
    fileprivate init(loadedFrom offset: UInt32) {
        switch offset {
        case SeccompDataField.number.offset: self = .number
        case SeccompDataField.architecture.offset: self = .architecture
        default: self = .unknown
        }
    }
}

extension BPFInstruction {
    /// How many instructions the jump skips for a known number or architecture.
    fileprivate func distance(comparing value: UInt32) throws(SeccompOptimizer.NotUnderstood) -> Int {
        let holds: Bool
        switch Comparison(rawValue: code) {
        case .equal: holds = value == operand
        case .greater: holds = value > operand
        case .greaterOrEqual: holds = value >= operand
        // Other bits would divide the numbers elsewhere than at the edges.
        case .anyBit where operand == SeccompProfile.Architecture.x32Bit: holds = value & operand != 0
        default: throw SeccompOptimizer.NotUnderstood()
        }
        return Int(holds ? jumpTrue : jumpFalse)
    }
}
