// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

@testable import ContainerKit

/// The programs in the running kernel: loaded by a thread that lives for the test only, as filters are per thread.
@Suite("Seccomp programs in the kernel")
struct SeccompLoadTests {
    struct Call: Sendable {
        var name: String
        var args: [Int] = []
    }

    @Test("the kernel takes Docker's profile and answers by it")
    func docker() throws {
        let results = try FilteredThread.results(
            of: [
                Call(name: "getppid"),
                Call(name: "unshare", args: [0]),
                Call(name: "keyctl", args: [0, -3, 0]),
                Call(name: "personality", args: [0x4_0000]),
                Call(name: "personality", args: [0xffff_ffff]),
                Call(name: "clone3", args: [0, 0]),
                // Newer than the profile: EFAULT or EBADF if it reached a kernel that has it.
                Call(name: "open_tree_attr", args: [-1, 0, 0, 0, 0]),
            ],
            under: .default(capabilities: .docker)
        )
        #expect(results[0] == Int(getppid()))
        #expect(results[1] == -1)
        #expect(results[2] == -1)
        #expect(results[3] == -1)
        #expect(results[4] >= 0)
        #expect(results[5] == -38)
        #expect(results[6] == -38)
    }

    @Test("the kernel takes the hardened profile and keeps terminals safe")
    func hardened() throws {
        let results = try FilteredThread.results(
            of: [
                Call(name: "ioctl", args: [-1, 0x5412, 0]),
                Call(name: "ioctl", args: [-1, 0x5412 | 1 << 32, 0]),
                Call(name: "ioctl", args: [-1, 0x5413, 0]),
                Call(name: "socket", args: [40, 1, 0]),
                Call(name: "socket", args: [40 | 1 << 32, 1, 0]),
                Call(name: "socket", args: [1, 1_000, 0]),
            ],
            under: .hardened(capabilities: .all)
        )
        // EPERM where the filter speaks; EBADF and EINVAL where the kernel itself does.
        #expect(results == [-1, -1, -9, -1, -1, -22])
    }

    @Test("a newer call that a profile allows by name reaches the kernel")
    func newerCall() throws {
        let results = try FilteredThread.results(
            of: [Call(name: "futex_wake", args: [0, 0, 0, -1]), Call(name: "cachestat", args: [-1, 0, 0, 0])],
            under: .default(capabilities: [])
        )
        // Bad arguments, or no such call on an old kernel; never forbidden.
        #expect(results.allSatisfy { $0 < 0 && $0 != -1 })
    }
}

/// Makes system calls on a thread of its own, under a filter.
private enum FilteredThread {
    private typealias SystemCall = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int

    private final class Work {
        let program: SeccompProgram
        let calls: [[Int]]
        let systemCall: SystemCall
        /// The error of loading the filter; 0 if none.
        var loadError = 0
        var results: [Int] = []

        init(program: SeccompProgram, calls: [[Int]], systemCall: SystemCall) {
            self.program = program
            self.calls = calls
            self.systemCall = systemCall
        }

        /// A call as the kernel answers it: negative errors.
        func call(_ words: [Int]) -> Int {
            let w = words + [Int](repeating: 0, count: 7 - words.count)
            let result = systemCall(w[0], w[1], w[2], w[3], w[4], w[5], w[6])
            return result == -1 ? -Int(errno) : result
        }

        func run(prctl: Int, seccomp: Int) {
            let noNewPrivileges = 38
            loadError = call([prctl, noNewPrivileges, 1])
            guard loadError == 0 else { return }
            loadError = program.bytes.withUnsafeBytes { bytes in
                // struct sock_fprog: a 16-bit count, padding, a pointer.
                withUnsafePointer(to: (UInt16(program.instructionCount), bytes.baseAddress)) { header in
                    call([seccomp, 1, Int(program.flags), Int(bitPattern: header)])
                }
            }
            guard loadError == 0 else { return }
            results = calls.map(call)
        }
    }

    static func results(of calls: [SeccompLoadTests.Call], under profile: SeccompProfile) throws -> [Int] {
        func number(_ name: String) throws -> Int {
            Int(try #require(SeccompProfile.Architecture.native.number(of: name), "\(name)"))
        }
        // Swift doesn't see variadic C functions; integers are passed to them as to others on both machines.
        let symbol = try #require(dlsym(nil, "syscall"))
        let work = Work(
            program: try SeccompProgram.compiled(from: profile),
            calls: try calls.map { [try number($0.name)] + $0.args },
            systemCall: unsafeBitCast(symbol, to: SystemCall.self)
        )
        let (prctl, seccomp) = (try number("prctl"), try number("seccomp"))
        let body = Unmanaged.passRetained(Body { work.run(prctl: prctl, seccomp: seccomp) })
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, { Body.run($0) }, body.toOpaque())
        try #require(status == 0)
        pthread_join(thread, nil)
        try #require(work.loadError == 0, "seccomp(2) answered \(work.loadError)")
        return work.results
    }

    private final class Body {
        let run: () -> Void

        init(_ run: @escaping () -> Void) {
            self.run = run
        }

        static func run(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            guard let pointer else { return nil }
            Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
            return nil
        }
    }
}
