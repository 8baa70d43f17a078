// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import SystemPackage

extension Cgroup {
    /// Puts rules about devices in force.
    ///
    /// On v2 a program is attached to the group, in place of the one that was there; on v1 the rules are written.
    func setDevices(_ rules: [Resources.DeviceRule]) throws {
        guard let member = member(.devices) else {
            throw ContainerError(.unsupported, "rules about devices need a control group")
        }
        switch member.branch.hierarchy.version {
        case .v1: try writeDevices(rules, to: member)
        case .v2: try attachDevices(rules, to: member)
        }
    }

    private func writeDevices(_ rules: [Resources.DeviceRule], to member: Member) throws {
        for rule in rules {
            for text in rule.legacyTexts {
                try member.directory.write(text, to: member.file(rule.isAllowed ? "devices.allow" : "devices.deny"))
            }
        }
    }

    private func attachDevices(_ rules: [Resources.DeviceRule], to member: Member) throws {
        let directory = try member.directory.open(member.name, O_RDONLY | O_DIRECTORY)
        defer { try? directory.close() }
        let program = DeviceProgram(rules).encoded
        let result = nestbox_attach_device_program(directory.rawValue, program, program.count)
        guard result < 0 else { return }
        throw ContainerError(
            result == -EPERM ? .unsupported : .cgroup,
            "the rules about devices can't be put in force",
            operation: "attach device program",
            path: member.directory.path.appending(member.name),
            errno: Errno(rawValue: -result)
        )
    }
}
