// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import SystemPackage

/// What this process has of its caller, and can hand on (`proc_pid_status(5)`).
///
/// Read from the kernel's file: asking with `umask(2)` would change the mask for a moment, for all threads.
struct CallingProcess {
    /// The file mode creation mask; `nil` where the kernel does not tell it.
    let fileModeMask: FilePermissions?
    /// The permitted capabilities; `nil` where the kernel does not tell them.
    let capabilities: CapabilitySet?

    /// Asks the kernel.
    init() {
        let status = String(decoding: (try? StateFile.read("/proc/self/status")) ?? [], as: UTF8.self)
        let lines = status.split(separator: "\n")
        func field(_ name: String, radix: Int) -> UInt64? {
            let line = lines.first { $0.hasPrefix(name + ":") }
            return line?.split(separator: "\t").last.flatMap { UInt64($0, radix: radix) }
        }
        fileModeMask = field("Umask", radix: 8).map { FilePermissions(rawValue: CModeT($0 & 0o777)) }
        capabilities = field("CapPrm", radix: 16).map { CapabilitySet(rawValue: $0) }
    }
}
