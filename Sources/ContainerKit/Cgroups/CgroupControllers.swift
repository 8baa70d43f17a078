// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The controllers that groups in one place are under, and the reasons for those that the kernel refused.
struct CgroupControllers: Sendable {
    private(set) var enabled: Set<CgroupController>
    private(set) var refused: [CgroupController: ContainerError]

    init(enabled: Set<CgroupController> = [], refused: [CgroupController: ContainerError] = [:]) {
        self.enabled = enabled
        self.refused = refused
    }

    func has(_ controller: CgroupController) -> Bool {
        enabled.contains(controller)
    }

    /// These and more.
    func adding(_ controllers: Set<CgroupController>) -> CgroupControllers {
        var all = self
        all.enabled.formUnion(controllers)
        return all
    }

    /// Takes away what a group further down does not pass on; the reason nearest the top is kept.
    mutating func restrict(to lower: CgroupControllers) {
        enabled.formIntersection(lower.enabled)
        refused.merge(lower.refused) { upper, _ in upper }
    }
}
