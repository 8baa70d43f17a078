// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

extension ContainerConfiguration {
    /// What Docker hides from containers (moby `oci/defaults.go`, 2026).
    public static let defaultMaskedPaths: [FilePath] = [
        "/proc/acpi",
        "/proc/asound",
        "/proc/interrupts",
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/sched_debug",
        "/proc/scsi",
        "/proc/timer_list",
        "/proc/timer_stats",
        "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]

    /// What Docker makes read-only in containers (moby `oci/defaults.go`, 2026).
    public static let defaultReadOnlyPaths: [FilePath] = [
        "/proc/bus",
        "/proc/fs",
        "/proc/irq",
        "/proc/sys",
        "/proc/sysrq-trigger",
    ]
}
