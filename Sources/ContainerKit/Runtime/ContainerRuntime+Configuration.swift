// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ContainerRuntime {
    /// How a runtime is set up.
    public struct Configuration: Sendable {
        /// The control group that runtimes share, beneath the top of each hierarchy or this process's own group:
        /// components joined by slashes.
        ///
        /// `nestbox` by default.
        public var cgroupParent: String = "nestbox"

        /// Whether the runtime has no groups of its own and leaves containers to themselves when it ends: for command
        /// lines, whose containers outlive them.
        package var isDetached = false

        /// Where compiled seccomp filters are kept beyond this process; nowhere unless set.
        package var filters: SeccompFilterStore?

        /// Creates the default.
        public init() {}
    }
}
