// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Resources {
    /// Limits on the number of processes.
    public struct Pids: Sendable, Hashable {
        /// The most processes and threads at one time; at least 1.
        public var limit: Limit?

        /// Creates a limit on processes; by default there is none.
        ///
        /// - Parameter limit: The most processes and threads at one time.
        public init(limit: Limit? = nil) {
            self.limit = limit
        }
    }
}
