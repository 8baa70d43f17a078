// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Says which owners are dead, as seen from this process at one moment.
struct OwnerJudge {
    private let bootID: String
    private let pidNamespace: UInt64

    init() throws(VolumeError) {
        bootID = try ProcessIdentity.currentBootID()
        pidNamespace = try ProcessIdentity.currentPIDNamespace()
    }

    func isDead(_ owner: LeaseOwner) -> Bool {
        owner.process.isDead(bootID: bootID, pidNamespace: pidNamespace)
    }
}
