// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a container may do next.
///
/// Pure: it decides, ``Container`` acts.
struct ContainerLife {
    private(set) var state: ContainerState

    /// Whether its processes are frozen.
    var isPaused = false

    init(isStarted: Bool) {
        state = isStarted ? .running : .created
    }

    /// Whether the program may be started now.
    mutating func start() throws(ContainerError) {
        guard state == .created else { throw refused("started") }
        state = .running
    }

    /// Takes note that the program has ended.
    mutating func end(_ status: TerminationStatus) {
        switch state {
        case .created, .running: state = .stopped(status)
        case .stopped, .deleted: break
        }
    }

    /// Whether there is a process to signal.
    var hasProcess: Bool {
        switch state {
        case .created, .running: true
        case .stopped, .deleted: false
        }
    }

    /// Whether what is left may be removed now; `false` if it has been already.
    mutating func delete() throws(ContainerError) -> Bool {
        switch state {
        case .created, .running: throw refused("deleted")
        case .deleted: return false
        case .stopped:
            state = .deleted
            return true
        }
    }

    private func refused(_ action: String) -> ContainerError {
        let condition =
            switch state {
            case .created: "has not been started"
            case .running: "is running"
            case .stopped(let status): "has \(status)"
            case .deleted: "has been deleted"
            }
        return ContainerError(.invalidState, "the container can't be \(action): it \(condition)")
    }
}
