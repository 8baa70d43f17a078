// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Resources {
    /// Checks that a kernel could accept these limits, before anything is created.
    ///
    /// - Throws: ``ContainerError`` of code ``ContainerError/Code/invalidConfiguration`` that names the value and the
    ///   bound it breaks.
    public func validate() throws(ContainerError) {
        try memory.validate()
        try cpu.validate()
        try validateFurther()
        try Self.check("pids limit", pids.limit?.value, atLeast: 1)
    }

    fileprivate static func check(
        _ name: String,
        _ value: Int64?,
        atLeast least: Int64,
        atMost most: Int64 = .max,
        unit: String = ""
    ) throws(ContainerError) {
        guard let value else { return }
        let unit = unit.isEmpty ? "" : " " + unit
        if value < least {
            throw refuse("the \(name) of \(value)\(unit) is below the least that works, \(least)\(unit)")
        }
        if value > most {
            throw refuse("the \(name) of \(value)\(unit) is above the most that the kernel takes, \(most)\(unit)")
        }
    }

    fileprivate static func refuse(_ message: String) -> ContainerError {
        ContainerError(.invalidConfiguration, message)
    }
}

extension Resources.Memory {
    fileprivate func validate() throws(ContainerError) {
        try Resources.check("memory limit", limit?.value, atLeast: Self.leastLimit, unit: "bytes")
        try Resources.check("memory reservation", reservation?.value, atLeast: 0, unit: "bytes")
        try Resources.check("memory swap limit", swap?.value, atLeast: Self.leastLimit, unit: "bytes")
        try Resources.check("memory swappiness", swappiness.map(Int64.init(clamping:)), atLeast: 0, atMost: 100)
        if let swap, swap != .unlimited {
            guard let limit else {
                throw Resources.refuse("a swap limit counts memory and swap together, so it needs a memory limit too")
            }
            if swap.ceiling < limit.ceiling {
                throw Resources.refuse(
                    "the swap limit (\(swap)) counts memory and swap together: it can't be below the memory limit"
                        + " (\(limit))"
                )
            }
        }
        if let reservation, let limit, reservation != .unlimited, reservation.ceiling > limit.ceiling {
            throw Resources.refuse("the memory reservation (\(reservation)) is above the memory limit (\(limit))")
        }
    }
}

extension Resources.CPU {
    // kernel/sched/core.c: quota and period at least 1 ms, period at most 1 s, burst at most the quota;
    // kernel/sched/sched.h: MIN_SHARES and MAX_SHARES.
    fileprivate func validate() throws(ContainerError) {
        try Resources.check("CPU shares", shares.map(Int64.init(clamping:)), atLeast: 2, atMost: 262_144)
        try Resources.check("CPU quota", quota?.value, atLeast: 1_000, unit: "µs")
        try Resources.check(
            "CPU period",
            period.map(Int64.init(clamping:)),
            atLeast: 1_000,
            atMost: 1_000_000,
            unit: "µs"
        )
        if let burst, let quota = quota?.value, Int64(clamping: burst) > quota {
            throw Resources.refuse("the CPU burst of \(burst) µs is above the quota of \(quota) µs")
        }
        if idle == true, shares != nil {
            throw Resources.refuse("an idle group has no CPU shares: set one of the two")
        }
        try Self.check("CPU list", cpus, atMost: 8_191)
        try Self.check("memory node list", mems, atMost: 1_023)
    }

    private static func check(_ name: String, _ list: String?, atMost most: Int) throws(ContainerError) {
        guard let list, !CPUList.isValid(list, atMost: most) else { return }
        throw Resources.refuse(
            "the \(name) '\(list)' is malformed: expected numbers up to \(most) and ranges, such as 0-3,7"
        )
    }
}
