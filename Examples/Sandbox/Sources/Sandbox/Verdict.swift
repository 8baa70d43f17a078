// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit

/// How a program in the sandbox ended.
enum Verdict: Sendable, CustomStringConvertible {
    case finished(TerminationStatus, output: String)
    case outOfTime
    case outOfMemory
    case tooMuchOutput

    var description: String {
        switch self {
        case .finished(let status, let output):
            let text = output.split(separator: "\n").joined(separator: " / ")
            return text.isEmpty ? "\(status)" : "\(status): \(text)"
        case .outOfTime: return "took too long"
        case .outOfMemory: return "used too much memory"
        case .tooMuchOutput: return "wrote too much"
        }
    }
}
