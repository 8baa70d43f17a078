// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("A launch plan")
struct LaunchPlanTests {
    private func inputs() -> LaunchInputs {
        LaunchInputs(
            identity: ProcessIdentity(user: 0, group: 0),
            root: Slot(0),
            mounts: [:],
            joins: [.init(name: "memory", tasks: Slot(8))],
            controlGroups: .legacy(views: [.init(name: "memory", path: "/sys/fs/cgroup/memory/x")]),
            namespaces: [],
            seccomp: .init(program: [6, 0, 0, 0, 0, 0, 255, 127], flags: 0),
            status: Slot(10),
            gate: Slot(11),
            ignoredSignals: 1 << 12,
            descriptors: [],
            slotCount: 12
        )
    }

    private func plan(_ change: (inout ContainerConfiguration) -> Void = { _ in }) -> LaunchPlan {
        var configuration = ContainerConfiguration(
            rootFilesystem: .directory("/srv"),
            process: ProcessConfiguration(["/bin/true"])
        )
        configuration.hostName = "box"
        change(&configuration)
        return LaunchPlanCompiler.compile(configuration, inputs: inputs())
    }

    private func index(_ plan: LaunchPlan, _ matches: (StageOperation) -> Bool) -> Int {
        plan.operations.firstIndex(where: matches) ?? -1
    }

    @Test("is compiled without privileges and can be read")
    func printable() {
        let text = plan().description
        #expect(
            text.hasPrefix("clone with namespaces mount+pid+uts+ipc+net\n0: set the parent death signal to SIGKILL")
        )
        #expect(text.contains("mount /proc"))
        #expect(text.hasSuffix(": execute /bin/true"))
    }

    @Test("joins its groups first and loads the filter last")
    func order() {
        let plan = plan()
        let join = index(plan) { if case .joinCgroup = $0 { true } else { false } }
        let unshare = index(plan) { $0 == .unshare(.cgroup) }
        let root = index(plan) { if case .changeRoot = $0 { true } else { false } }
        let user = index(plan) { if case .user = $0 { true } else { false } }
        let privileges = index(plan) { $0 == .noNewPrivileges }
        let gate = index(plan) { if case .gate = $0 { true } else { false } }
        let seccomp = index(plan) { if case .seccomp = $0 { true } else { false } }
        #expect(0 < join && join < unshare && unshare < root && root < user && user < privileges)
        #expect(privileges < gate && gate < seccomp)
        #expect(seccomp == plan.operations.count - 2)
    }

    @Test("makes every kernel filesystem before the old root goes, as user namespaces need")
    func filesystemsFirst() {
        let plan = plan()
        let root = index(plan) { if case .changeRoot = $0 { true } else { false } }
        let last = plan.operations.lastIndex { if case .newFilesystem = $0 { true } else { false } } ?? -1
        #expect(last < root)
    }

    @Test("writes kernel parameters before their files become read-only")
    func parameters() {
        let plan = plan { $0.kernelParameters = ["net.core.somaxconn": "10"] }
        let write = index(plan) { if case .kernelParameter = $0 { true } else { false } }
        let seal = index(plan) { if case .makeReadOnly = $0 { true } else { false } }
        #expect(write > 0 && write < seal)
    }

    @Test("asks for the parent death signal again once the user has changed")
    func parentDeath() {
        var inputs = inputs()
        inputs.identity = ProcessIdentity(user: 1000, group: 1000)
        let configuration = ContainerConfiguration(
            rootFilesystem: .directory("/srv"),
            process: ProcessConfiguration(["/bin/true"])
        )
        let plan = LaunchPlanCompiler.compile(configuration, inputs: inputs)
        #expect(plan.operations.count { $0 == .parentDeathSignal(.kill) } == 2)
    }

    @Test("looks for a bare program name in the absolute directories of PATH")
    func candidates() {
        var process = ProcessConfiguration(["tool"], environment: ["PATH=/a:relative::/b"])
        #expect(process.executableCandidates == ["/a/tool", "/b/tool"])
        process.arguments = ["/x/tool"]
        #expect(process.executableCandidates == ["/x/tool"])
    }

    @Test("is laid out flat, every offset inside")
    func encoding() throws {
        let plan = plan()
        var encoder = LaunchPlanEncoder(plan)
        let bytes = try encoder.encode(
            descriptors: (0..<12).map { Int32(100 + $0) },
            fault: (index: 3, errno: .ioError)
        )
        bytes.withUnsafeBytes { bytes in
            let header = bytes.loadUnaligned(as: nestbox_plan_header.self)
            #expect(header.magic == NESTBOX_PLAN_MAGIC)
            #expect(Int(header.size) == bytes.count)
            #expect(Int(header.operation_count) == plan.operations.count)
            #expect(header.fault_index == 3 && header.fault_errno == 5)
            #expect(header.state == UInt32(NESTBOX_STAGE_STARTING.rawValue))
            #expect(bytes.loadUnaligned(fromByteOffset: Int(header.slots) + 4 * 11, as: Int32.self) == 111)
            #expect(bytes.loadUnaligned(fromByteOffset: Int(header.slots) + 4 * 12, as: Int32.self) == -1)
            for index in 0..<Int(header.operation_count) {
                let offset = Int(header.operations) + index * MemoryLayout<nestbox_operation>.stride
                let operation = bytes.loadUnaligned(fromByteOffset: offset, as: nestbox_operation.self)
                #expect(operation.kind != 0)
                for reference in [operation.path, operation.text, operation.data] {
                    #expect(Int(reference) <= bytes.count)
                }
                #expect(Int(operation.data) + Int(operation.length) <= bytes.count)
                for slot in [operation.source, operation.target, operation.result] {
                    #expect(slot >= -1 && slot < Int32(header.slot_count))
                }
            }
        }
    }

    @Test("what a stage reports is taken as hostile")
    func report() {
        var header = nestbox_plan_header()
        header.state = 77
        #expect(StageReport(header).state == .starting)
        header.state = UInt32(NESTBOX_STAGE_FAILED.rawValue)
        header.failed_index = .max
        header.failed_errno = -7
        withUnsafeMutableBytes(of: &header.detail) {
            $0.copyBytes(from: [0x1B, 65, 10] + [UInt8](repeating: 66, count: 189))
        }
        let report = StageReport(header)
        #expect(report.state == .failed(index: Int(UInt32.max), errno: .ioError))
        #expect(report.detail.hasPrefix("?A?BBB") && report.detail.utf8.count == 192)
    }
}
