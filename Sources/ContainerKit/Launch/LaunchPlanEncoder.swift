// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

/// Lays a launch plan out in the flat form that the stage reads: header, slots, operations, data.
///
/// Every offset and length is checked to fit, so that no configuration can make the stage read outside the plan
/// (CVE-2021-43784 was such an overflow).
struct LaunchPlanEncoder {
    private let plan: LaunchPlan
    private let slotsOffset = MemoryLayout<nestbox_plan_header>.stride
    private let operationsOffset: Int
    private let dataOffset: Int
    private var data: [UInt8] = []

    init(_ plan: LaunchPlan) {
        self.plan = plan
        let slotsSize = plan.slotCount * MemoryLayout<Int32>.stride
        operationsOffset = Self.aligned(slotsOffset + slotsSize)
        dataOffset = operationsOffset + plan.operations.count * MemoryLayout<nestbox_operation>.stride
    }

    /// The plan's bytes.
    ///
    /// - Parameters:
    ///   - descriptors: What the host put into the first slots.
    ///   - fault: The operation that has to fail, in tests.
    /// - Returns: What the stage maps.
    /// - Throws: ``ContainerError`` if the configuration is too large for a plan.
    mutating func encode(descriptors: [Int32], fault: (index: Int, errno: Errno)?) throws(ContainerError) -> [UInt8] {
        var slots = [Int32](repeating: -1, count: plan.slotCount)
        slots.replaceSubrange(0..<descriptors.count, with: descriptors)
        let operations = plan.operations.map { encode($0) }

        let size = dataOffset + data.count
        guard size < 1 << 28 else {
            throw ContainerError(
                .invalidConfiguration,
                "the configuration is too large: \(size) bytes as a launch plan"
            )
        }
        var header = nestbox_plan_header()
        header.magic = NESTBOX_PLAN_MAGIC
        header.version = NESTBOX_PLAN_VERSION
        header.size = UInt32(size)
        header.slot_count = UInt32(plan.slotCount)
        header.slots = UInt32(slotsOffset)
        header.operation_count = UInt32(operations.count)
        header.operations = UInt32(operationsOffset)
        header.status_slot = plan.statusSlot.index
        header.fault_index = fault.map { Int32($0.index) } ?? -1
        header.fault_errno = fault?.errno.rawValue ?? 0

        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        withUnsafeBytes(of: &header) { bytes.append(contentsOf: $0) }
        slots.withUnsafeBytes { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: repeatElement(0, count: operationsOffset - bytes.count))
        operations.withUnsafeBytes { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: data)
        return bytes
    }

    private static func aligned(_ offset: Int) -> Int {
        (offset + 7) & ~7
    }

    // MARK: Data

    private mutating func align() {
        while (dataOffset + data.count) % 8 != 0 { data.append(0) }
    }

    mutating func string(_ text: String) -> UInt32 {
        let offset = dataOffset + data.count
        data.append(contentsOf: text.utf8)
        data.append(0)
        return UInt32(truncatingIfNeeded: offset)
    }

    mutating func string(_ path: FilePath) -> UInt32 {
        string(path.string)
    }

    mutating func values<Value: BitwiseCopyable>(_ values: [Value]) -> UInt32 {
        align()
        let offset = dataOffset + data.count
        values.withUnsafeBytes { data.append(contentsOf: $0) }
        return UInt32(truncatingIfNeeded: offset)
    }

    mutating func aligned(_ bytes: [UInt8]) -> UInt32 {
        values(bytes)
    }

    /// Offsets of strings, ended by zero: what the stage turns into an argument vector.
    mutating func vector(_ strings: [String]) -> UInt64 {
        var offsets = strings.map { UInt64(string($0)) }
        offsets.append(0)
        return UInt64(values(offsets))
    }

    /// Pairs of strings, as a filesystem's options.
    mutating func options(_ options: [Mount.FilesystemOption]) -> (offset: UInt32, length: UInt32) {
        let offset = dataOffset + data.count
        for option in options {
            _ = string(option.key)
            _ = string(option.value)
        }
        return (UInt32(truncatingIfNeeded: offset), UInt32(truncatingIfNeeded: dataOffset + data.count - offset))
    }
}
