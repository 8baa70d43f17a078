// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What runs before libseccomp's program: the answers that libseccomp can't be asked for.
///
/// For each architecture, in this order:
/// 1. `ioctl` requests that push input into a terminal, if the profile refuses them;
/// 2. rules for calls that libseccomp doesn't know yet;
/// 3. `ENOSYS` for calls that are newer than every call the profile names. The idea is runc's (`patchbpf`): a C library
///    that tries a new call first must hear "no such call", not "forbidden", or it doesn't fall back.
///
/// Everything else goes on to libseccomp's program. Only loads, comparisons and jumps are used, and arguments are
/// loaded for the calls concerned only, so that the kernel can still cache which calls are always allowed
/// (`kernel/seccomp.c`, `seccomp_is_const_allow`).
struct SeccompPrelude {
    private static let enosys: UInt32 = 0x0005_0000 | 38
    private static let eperm: UInt32 = 0x0005_0000 | 1

    /// A part of the program; jumps to libseccomp's program are resolved last.
    private enum Step {
        case plain(BPFInstruction)
        case enterFilter
    }

    /// The parts of an architecture that has something to say.
    let parts: [SeccompPreludePart]

    /// The instructions; libseccomp's program must follow directly.
    func instructions() -> [BPFInstruction] {
        let sections = Self.groupedByAuditArchitecture(parts.filter { !$0.isEmpty })
        guard !sections.isEmpty else { return [] }
        var steps: [Step] = [.plain(.load(.architecture))]
        for (architecture, parts) in sections {
            let section = Self.section(parts)
            steps.append(.plain(.skip(if: .equal, architecture, then: 1)))
            steps.append(.plain(.skip(section.count)))
            steps += section
        }
        return steps.enumerated().map { position, step in
            switch step {
            case .plain(let instruction): instruction
            case .enterFilter: .skip(steps.count - position - 1)
            }
        }
    }

    private static func groupedByAuditArchitecture(
        _ parts: [SeccompPreludePart]
    ) -> [(architecture: UInt32, parts: [SeccompPreludePart])] {
        var sections: [(architecture: UInt32, parts: [SeccompPreludePart])] = []
        for part in parts {
            if let index = sections.firstIndex(where: { $0.architecture == part.auditArchitecture }) {
                sections[index].parts.append(part)
            } else {
                sections.append((part.auditArchitecture, [part]))
            }
        }
        return sections
    }

    /// The section of one value of `seccomp_data.arch`; x86-64 and x32 share theirs and are told apart by a bit.
    private static func section(_ parts: [SeccompPreludePart]) -> [Step] {
        var steps: [Step] = [.plain(.load(.number))]
        for part in parts {
            let body = body(of: part)
            if let x32 = part.isX32 {
                let (then, otherwise): (UInt8, UInt8) = x32 ? (1, 0) : (0, 1)
                steps.append(
                    .plain(
                        .skip(if: .anyBit, SeccompProfile.Architecture.x32Bit, then: then, else: otherwise)
                    )
                )
                steps.append(.plain(.skip(body.count)))
            }
            steps += body
        }
        return steps + [.enterFilter]
    }

    private static func body(of part: SeccompPreludePart) -> [Step] {
        var steps: [Step] = []
        if let ioctl = part.guardedIoctl { steps += terminalInjection(ioctl) }
        if let first = part.firstConcerned {
            // The old calls, the ones that matter for speed, leave here.
            steps += [.plain(.skip(if: .greaterOrEqual, first, then: 1)), .enterFilter]
        }
        for range in part.answers { steps += answer(range) }
        for (number, rules) in part.conditional { steps += conditional(number, rules) }
        if let newest = part.newest { steps += unknown(after: newest, sparing: part.outlying) }
        return steps + [.enterFilter]
    }

    private static func terminalInjection(_ ioctl: UInt32) -> [Step] {
        // TIOCSTI and TIOCLINUX (asm-generic/ioctls.h).
        [
            .plain(.skip(if: .equal, ioctl, else: 5)),
            .plain(.load(.lowArgument(1))),
            .plain(.skip(if: .equal, 0x5412, then: 1)),
            .plain(.skip(if: .equal, 0x541c, else: 1)),
            .plain(.answer(eperm)),
            .enterFilter,
        ]
    }

    private static func answer(_ range: SeccompPreludePart.Answer) -> [Step] {
        [
            .plain(.skip(if: .greaterOrEqual, range.numbers.lowerBound, else: 2)),
            .plain(.skip(if: .greater, range.numbers.upperBound, then: 1)),
            .plain(.answer(range.verdict)),
        ]
    }

    private static func conditional(_ number: UInt32, _ rules: [SeccompRule]) -> [Step] {
        let body = rules.flatMap { SeccompCondition.compile($0.conditions, verdict: $0.verdict) }
        return [.plain(.skip(if: .equal, number, then: 1)), .plain(.skip(body.count + 1))]
            + body.map(Step.plain) + [.enterFilter]
    }

    private static func unknown(after newest: UInt32, sparing outlying: ClosedRange<UInt32>?) -> [Step] {
        var steps: [Step] = [.plain(.skip(if: .greater, newest, then: 1)), .enterFilter]
        if let outlying {
            steps += [
                .plain(.skip(if: .greaterOrEqual, outlying.lowerBound, else: 2)),
                .plain(.skip(if: .greater, outlying.upperBound, then: 1)),
                .enterFilter,
            ]
        }
        return steps + [.plain(.answer(enosys))]
    }
}
