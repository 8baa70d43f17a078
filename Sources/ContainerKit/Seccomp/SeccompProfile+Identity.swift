// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension SeccompProfile {
    /// All that the compiled program depends on, as bytes: two profiles with the same bytes compile to the same program.
    ///
    /// Every text and list is preceded by its length, so that no two profiles run into one another.
    var identity: [UInt8] {
        var bytes = IdentityBytes()
        bytes.append(defaultAction.rawValue)
        bytes.append(defaultErrnoRet)
        bytes.append(architectures.map(\.rawValue))
        bytes.append(flags.map(\.rawValue).sorted())
        bytes.append(UInt64(refusesTerminalInjection ? 1 : 0))
        bytes.append(UInt64(syscalls.count))
        for rule in syscalls {
            bytes.append(rule.names)
            bytes.append(rule.action.rawValue)
            bytes.append(rule.errnoRet)
            bytes.append(UInt64(rule.args.count))
            for argument in rule.args {
                bytes.append(UInt64(argument.index))
                bytes.append(argument.op.rawValue)
                bytes.append(argument.value)
                bytes.append(argument.valueTwo)
            }
        }
        return bytes.bytes
    }
}

private struct IdentityBytes {
    var bytes: [UInt8] = []

    mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ number: UInt32?) {
        append(number.map { UInt64($0) } ?? .max)
    }

    mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ texts: [String]) {
        append(UInt64(texts.count))
        for text in texts { append(text) }
    }
}
