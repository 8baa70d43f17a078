// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension SeccompProfile {
    /// Docker's default profile: an allow-list that answers `EPERM` to everything else.
    ///
    /// Equal in effect to moby's, see `DefaultSeccompRules` for its source. Some rules depend on what the container
    /// may do anyway: with `CAP_SYS_ADMIN`, for instance, `mount` and new namespaces are let through to the kernel's own
    /// checks.
    ///
    /// - Parameters:
    ///   - capabilities: The container's bounding set.
    ///   - architecture: The machine's architecture.
    ///   - kernel: The machine's kernel; `ptrace` is allowed from 4.8 on, where it can't be used to evade the filter.
    /// - Returns: The profile.
    public static func `default`(
        capabilities: CapabilitySet,
        architecture: Architecture = .native,
        kernel: KernelVersion = .running
    ) -> SeccompProfile {
        SeccompProfile(
            defaultAction: .errno,
            defaultErrnoRet: 1,
            architectures: DefaultSeccompRules.architectures(for: architecture),
            syscalls: DefaultSeccompRules.all.lazy
                .filter { $0.applies(capabilities: capabilities, architecture: architecture, kernel: kernel) }
                .map(\.rule)
        )
    }

    /// Docker's default profile without what nothing needs: x32 calls, input pushed into terminals, tricks with sockets.
    ///
    /// Stricter than ``default(capabilities:architecture:kernel:)`` in these points only:
    /// - `TIOCSTI` and `TIOCLINUX` answer `EPERM` (``refusesTerminalInjection``). Docker always puts a terminal of its
    ///   own between a container and the user; a container that inherits its streams may hold the host's.
    /// - A call of the x32 convention kills its thread. Distributions ship kernels without it; where it exists it is
    ///   a second, hardly tested entrance to every call.
    /// - Socket families are compared so that the unused upper half of the argument can't hide a refused family: the
    ///   kernel drops that half, Docker's "greater than 40" sees it. Families from 64 on, which don't exist, answer
    ///   `EPERM`.
    ///
    /// - Parameters:
    ///   - capabilities: The container's bounding set.
    ///   - architecture: The machine's architecture.
    ///   - kernel: The machine's kernel.
    /// - Returns: The profile.
    public static func hardened(
        capabilities: CapabilitySet,
        architecture: Architecture = .native,
        kernel: KernelVersion = .running
    ) -> SeccompProfile {
        var profile = `default`(capabilities: capabilities, architecture: architecture, kernel: kernel)
        profile.architectures.removeAll { $0 == .x32 }
        profile.syscalls.removeAll { $0.names == ["socket"] }
        profile.syscalls += DefaultSeccompRules.strictSockets.map(\.rule)
        profile.refusesTerminalInjection = true
        return profile
    }
}
