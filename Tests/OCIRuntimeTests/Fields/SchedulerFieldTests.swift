// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite(
    "process.scheduler: what the kernel says of the container's program",
    .runsContainers,
    .enabled(if: Machine.has("python3"), "needs python3, to ask the kernel")
)
struct SchedulerFieldTests {
    /// What `sched_getattr(2)` tells.
    private struct Attributes: Equatable {
        var policy = 0
        var flags = 0
        var nice = 0
        var times = [0, 0, 0]
    }

    private static let reader = """
        import ctypes, platform, struct, sys
        number = 315 if platform.machine() == "x86_64" else 275
        buffer = ctypes.create_string_buffer(56)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(number, int(sys.argv[1]), buffer, 56, 0) != 0: sys.exit(ctypes.get_errno())
        print(*struct.unpack("=LLQlLQQQ", buffer.raw[:48])[1:])
        """

    private func attributes(_ scheduler: String) throws -> Attributes {
        let bundle = try Bundle()
        try bundle.configure(["sleep", "1000"], merging: #"{"process":{"scheduler":{\#(scheduler)}}}"#)
        let file = bundle.directory.appending("pid")
        let identifier = "scheduler-\(bundle.directory.lastComponent?.string ?? "")"
        let started = try bundle.oci([
            "run", "--detach", "--bundle", bundle.path, "--pid-file", file.string, identifier,
        ])
        defer { _ = try? bundle.oci(["delete", "--force", identifier]) }
        #expect(started.status == 0, "\(started)")
        let pid = String(decoding: try StateFile.read(file), as: UTF8.self)
        let result = try Tool.run(["python3", "-c", Self.reader, pid])
        let numbers = result.output.split { $0.isWhitespace }.compactMap { Int($0) }
        try #require(result.status == 0 && numbers.count == 7, "\(result)")
        return Attributes(policy: numbers[0], flags: numbers[1], nice: numbers[2], times: Array(numbers[4...]))
    }

    @Test(
        "deadline: its three times, and each flag in force",
        arguments: [
            ([], 0), (["RESET_ON_FORK"], 1), (["RECLAIM"], 2), (["DL_OVERRUN"], 4),
            (["RESET_ON_FORK", "RECLAIM", "DL_OVERRUN"], 7),
        ]
    )
    func deadline(flags: [String], mask: Int) throws {
        let list = JSONValue.strings(flags.map { "SCHED_FLAG_" + $0 }).description
        let times = #""runtime":10000000,"deadline":20000000,"period":40000000"#
        let seen = try attributes(#""policy":"SCHED_DEADLINE",\#(times),"flags":\#(list)"#)
        #expect(seen == Attributes(policy: 6, flags: mask, times: [10_000_000, 20_000_000, 40_000_000]))
    }

    @Test("SCHED_FLAG_DL_OVERRUN: a program that misses its deadline is told by SIGXCPU, and not without")
    func overrun() throws {
        let script = """
            trap 'echo overrun; exit' XCPU; i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; echo none
            """
        for (flags, expected) in [("", "none\n"), (#""SCHED_FLAG_DL_OVERRUN""#, "overrun\n")] {
            let times = #""runtime":10000000,"deadline":20000000,"period":40000000"#
            let scheduler = #"{"policy":"SCHED_DEADLINE",\#(times),"flags":[\#(flags)]}"#
            let result = try Bundle().run(script, changed: #"{"process":{"scheduler":\#(scheduler)}}"#)
            #expect(result.output == expected, "\(result)")
        }
    }

    @Test("SCHED_FLAG_KEEP_POLICY keeps the policy, SCHED_FLAG_KEEP_PARAMS takes no other niceness")
    func kept() throws {
        let both = try attributes(#""policy":"SCHED_BATCH","nice":5"#)
        #expect(both.policy == 3 && both.nice == 5)
        let policy = try attributes(#""policy":"SCHED_BATCH","nice":5,"flags":["SCHED_FLAG_KEEP_POLICY"]"#)
        #expect(policy.policy == 0 && policy.nice == 5)
        // Kernels differ in what they keep then, but it is not what was asked for.
        let parameters = try attributes(#""policy":"SCHED_BATCH","nice":5,"flags":["SCHED_FLAG_KEEP_PARAMS"]"#)
        #expect(parameters.nice != 5)
    }
}
