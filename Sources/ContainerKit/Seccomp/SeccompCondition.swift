// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Compiles the conditions of a rule to BPF, for the calls that libseccomp doesn't know.
///
/// A 64-bit comparison is made of two 32-bit ones, the high word first.
struct SeccompCondition {
    /// Where a step goes on.
    private enum Target {
        case next
        /// Past the following instructions of this condition: it holds.
        case holds
        /// Past the whole rule: it doesn't match.
        case fails
    }

    private enum Step {
        case plain(BPFInstruction)
        case test(BPFInstruction.Comparison, UInt32, then: Target, else: Target)
    }

    /// A rule: its conditions, then its answer; falls out at the end where a condition fails.
    static func compile(_ conditions: [SeccompProfile.Argument], verdict: UInt32) -> [BPFInstruction] {
        let blocks = conditions.map(steps(of:))
        var remaining = blocks.reduce(1) { $0 + $1.count }
        var program: [BPFInstruction] = []
        for block in blocks {
            for (position, step) in block.enumerated() {
                remaining -= 1
                program.append(
                    instruction(for: step, untilHolds: block.count - position - 1, untilFails: remaining)
                )
            }
        }
        return program + [.answer(verdict)]
    }

    private static func instruction(for step: Step, untilHolds: Int, untilFails: Int) -> BPFInstruction {
        // Six conditions of at most six instructions each: a distance always fits.
        func distance(_ target: Target) -> UInt8 {
            switch target {
            case .next: 0
            case .holds: UInt8(untilHolds)
            case .fails: UInt8(untilFails)
            }
        }
        switch step {
        case .plain(let instruction):
            return instruction
        case .test(let comparison, let operand, let success, let failure):
            return .skip(if: comparison, operand, then: distance(success), else: distance(failure))
        }
    }

    private static func steps(of condition: SeccompProfile.Argument) -> [Step] {
        let loadHigh = Step.plain(.load(.highArgument(condition.index)))
        let loadLow = Step.plain(.load(.lowArgument(condition.index)))
        let (high, low) = (condition.value.high, condition.value.low)
        /// Both words, ordered: the high word decides unless it is equal.
        func ordered(_ greater: Target, _ less: Target, _ last: Step) -> [Step] {
            [
                loadHigh, .test(.greater, high, then: greater, else: .next),
                .test(.equal, high, then: .next, else: less), loadLow, last,
            ]
        }
        switch condition.op {
        case .equal:
            return [
                loadHigh, .test(.equal, high, then: .next, else: .fails),
                loadLow, .test(.equal, low, then: .next, else: .fails),
            ]
        case .notEqual:
            return [
                loadHigh, .test(.equal, high, then: .next, else: .holds),
                loadLow, .test(.equal, low, then: .fails, else: .next),
            ]
        case .greater:
            return ordered(.holds, .fails, .test(.greater, low, then: .next, else: .fails))
        case .greaterOrEqual:
            return ordered(.holds, .fails, .test(.greaterOrEqual, low, then: .next, else: .fails))
        case .less:
            return ordered(.fails, .holds, .test(.greaterOrEqual, low, then: .fails, else: .next))
        case .lessOrEqual:
            return ordered(.fails, .holds, .test(.greater, low, then: .fails, else: .next))
        default:
            // Masked equality: SeccompProfile.rules() lets no unknown operator through.
            let wanted = condition.valueTwo
            return [
                loadHigh, .plain(.and(high)), .test(.equal, wanted.high, then: .next, else: .fails),
                loadLow, .plain(.and(low)), .test(.equal, wanted.low, then: .next, else: .fails),
            ]
        }
    }
}

extension UInt64 {
    fileprivate var high: UInt32 { UInt32(self >> 32) }
    fileprivate var low: UInt32 { UInt32(truncatingIfNeeded: self) }
}
