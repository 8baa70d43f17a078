// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The five capability sets of a process (`capabilities(7)`).
public struct ProcessCapabilities: Hashable, Sendable {
    /// What can ever be gained by executing a program.
    public var bounding: CapabilitySet
    /// What the kernel checks.
    public var effective: CapabilitySet
    /// What may be made effective.
    public var permitted: CapabilitySet
    /// What is kept over the execution of a program that has it as inheritable.
    ///
    /// Empty by default (CVE-2022-29162).
    public var inheritable: CapabilitySet
    /// What is kept over the execution of any program, also for a user that is not root.
    public var ambient: CapabilitySet

    /// Creates the sets that Docker gives: one set as bounding, effective and permitted; nothing inheritable.
    ///
    /// - Parameter set: The capabilities.
    public init(_ set: CapabilitySet = .docker) {
        self.bounding = set
        self.effective = set
        self.permitted = set
        self.inheritable = []
        self.ambient = []
    }
}
