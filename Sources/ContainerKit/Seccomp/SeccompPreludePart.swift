// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What the prelude must know of one architecture.
struct SeccompPreludePart {
    /// One answer for neighbouring calls, whatever their arguments.
    struct Answer: Hashable {
        var numbers: ClosedRange<UInt32>
        var verdict: UInt32
    }

    /// What the kernel says in `seccomp_data.arch`.
    let auditArchitecture: UInt32

    /// Whether the part is x32's; nil on architectures that have no such twin.
    let isX32: Bool?

    /// The number of `ioctl`, if the requests that push input into a terminal are refused.
    let guardedIoctl: UInt32?

    /// The calls unknown to libseccomp that have rules without conditions, in rising order.
    let answers: [Answer]

    /// The calls unknown to libseccomp that have rules with conditions.
    let conditional: [(number: UInt32, rules: [SeccompRule])]

    /// The newest call that the profile names; nil if calls past it are not to be told apart.
    let newest: UInt32?

    /// Old numbers far behind the common ones, which are not newer calls.
    let outlying: ClosedRange<UInt32>?

    /// Whether there is nothing to do before libseccomp's program.
    var isEmpty: Bool {
        guardedIoctl == nil && firstConcerned == nil
    }

    /// The smallest number that concerns the prelude, `ioctl` aside.
    var firstConcerned: UInt32? {
        let ruled = answers.map(\.numbers.lowerBound) + conditional.map(\.number)
        return (ruled + (newest.map { [$0 + 1] } ?? [])).min()
    }

    /// Gathers what concerns an architecture; nil for one that libseccomp doesn't know.
    ///
    /// - Parameters:
    ///   - architecture: The architecture.
    ///   - newerRules: The rules for calls that libseccomp doesn't know.
    ///   - names: Every name in the profile.
    ///   - tellsNewer: Whether calls newer than the profile answer `ENOSYS`.
    ///   - refusesTerminalInjection: Whether `TIOCSTI` and `TIOCLINUX` answer `EPERM`.
    init?(
        _ architecture: SeccompProfile.Architecture,
        newerRules: [SeccompRule],
        names: Set<String>,
        tellsNewer: Bool,
        refusesTerminalInjection: Bool
    ) {
        guard let auditArchitecture = architecture.auditArchitecture else { return nil }
        self.auditArchitecture = auditArchitecture
        self.isX32 = architecture == .x32 ? true : architecture == .x86_64 ? false : nil
        self.guardedIoctl = refusesTerminalInjection ? architecture.number(of: "ioctl") : nil
        let outlying = architecture.outlyingNumbers
        self.outlying = outlying
        let numbers = tellsNewer ? names.compactMap(architecture.number(of:)) : []
        self.newest = numbers.filter { outlying?.contains($0) != true }.max()

        var rules: [UInt32: [SeccompRule]] = [:]
        for rule in newerRules {
            guard let number = NewerSystemCalls.number(of: rule.call, on: architecture) else { continue }
            rules[number, default: []].append(rule)
        }
        let sorted = rules.sorted { $0.key < $1.key }
        // As in libseccomp, a rule without conditions wins over those with, and the first of several over the others.
        self.answers = sorted.reduce(into: []) { answers, entry in
            guard let rule = entry.value.first(where: \.conditions.isEmpty) else { return }
            if let last = answers.last, last.numbers.upperBound + 1 == entry.key, last.verdict == rule.verdict {
                answers[answers.count - 1].numbers = last.numbers.lowerBound...entry.key
            } else {
                answers.append(Answer(numbers: entry.key...entry.key, verdict: rule.verdict))
            }
        }
        self.conditional =
            sorted
            .filter { !$0.value.contains(where: \.conditions.isEmpty) }
            .map { (number: $0.key, rules: $0.value) }
    }
}

extension SeccompProfile.Architecture {
    /// Old numbers far behind the common ones: Arm's private calls (`asm/unistd.h`, `__ARM_NR_BASE`) and those that
    /// x32 has twice (`syscall_64.tbl`).
    fileprivate var outlyingNumbers: ClosedRange<UInt32>? {
        switch self {
        case .arm: 0x0f_0000...0x0f_ffff
        case .x32: (Self.x32Bit | 512)...(Self.x32Bit | 547)
        default: nil
        }
    }
}
