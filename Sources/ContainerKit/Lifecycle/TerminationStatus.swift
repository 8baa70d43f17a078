// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How a container's program ended.
public enum TerminationStatus: Hashable, Sendable, CustomStringConvertible {
    /// It ended by itself, with this code from 0 to 255.
    case exited(Int)
    /// A signal ended it.
    case signaled(Signal)

    /// Whether it ended by itself with code 0.
    public var isSuccess: Bool { self == .exited(0) }

    /// The code by which shells and Docker report it: the program's own, or 128 and the signal's number.
    public var shellCode: Int {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + Int(signal.rawValue)
        }
    }

    /// Such as `exited with code 1` or `killed by SIGKILL`.
    public var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signaled(let signal): "killed by \(signal)"
        }
    }
}
