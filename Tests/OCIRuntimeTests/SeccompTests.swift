// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("The command line's seccomp filters", .runsContainers)
struct CommandSeccompTests {
    /// Tells the filter that the kernel has of a process, instruction by instruction.
    private static let reader = """
        import ctypes, os, sys
        libc = ctypes.CDLL(None, use_errno=True)
        libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        libc.ptrace.restype = ctypes.c_long
        def ptrace(request, pid, address=None, data=None):
            result = libc.ptrace(request, pid, address, data)
            if result < 0: sys.exit(os.strerror(ctypes.get_errno()))
            return result
        pid = int(sys.argv[1])
        ptrace(0x4206, pid)  # PTRACE_SEIZE
        ptrace(0x4207, pid)  # PTRACE_INTERRUPT
        os.waitpid(pid, 0x40000000)
        filter = ctypes.create_string_buffer(8 * 4096)
        count = ptrace(0x420c, pid, 0, ctypes.addressof(filter))  # PTRACE_SECCOMP_GET_FILTER
        print(count, filter.raw[:8 * count].hex())
        """

    private func filter(of pid: String) throws -> String {
        let result = try Tool.run(["python3", "-c", Self.reader, pid])
        #expect(result.status == 0, "\(result)")
        return result.output
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try StateFile.read(FilePath(path)), as: UTF8.self)
    }

    /// A container with a profile that answers `mkdir` with an error of its own.
    private func create(_ bundle: Bundle, _ identifier: String) throws -> String {
        try bundle.configure(["sleep", "1000"]) { members in
            guard case .object(var linux)? = members["linux"] else { return }
            linux["seccomp"] = .object([
                "defaultAction": .string("SCMP_ACT_ALLOW"),
                "syscalls": .array([
                    .object([
                        "names": .strings(["mkdir", "mkdirat"]), "action": .string("SCMP_ACT_ERRNO"),
                        "errnoRet": .integer(28),
                    ])
                ]),
            ])
            members["linux"] = .object(linux)
        }
        let pidFile = bundle.directory.appending("pid").string
        let created = try bundle.oci(["create", "--bundle", bundle.path, "--pid-file", pidFile, identifier])
        #expect(created.status == 0, "\(created)")
        #expect(try bundle.oci(["start", identifier]).status == 0)
        return try text(pidFile)
    }

    private func enter(_ bundle: Bundle, _ identifier: String) throws -> String {
        let pidFile = bundle.directory.appending("further").string
        let entered = try bundle.oci(["exec", "--detach", "--pid-file", pidFile, identifier, "sleep", "1000"])
        #expect(entered.status == 0, "\(entered)")
        return try text(pidFile)
    }

    /// The files that the filters are kept in.
    private func kept(_ bundle: Bundle) throws -> [String] {
        try Tool.run(["find", bundle.root + "/.filters", "-type", "f"]).output.split(separator: "\n").map(String.init)
    }

    /// Changes the program in a file.
    private func rewrite(_ file: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try StateFile.read(FilePath(file))
        let keySize = Int(bytes[8]) | Int(bytes[9]) << 8
        let start = 20 + keySize
        var program = Array(bytes[start...])
        change(&program)
        bytes.replaceSubrange(start..., with: program)
        for index in 0..<4 { bytes[12 + index] = UInt8(truncatingIfNeeded: program.count >> (8 * index)) }
        try StateFile.write(bytes, to: FilePath(file))
    }

    @Test("further programs have the filter that the first has, whether one is kept, forged or gone")
    func same() throws {
        let bundle = try Bundle()
        let identifier = "filters-\(getpid())"
        let first = try filter(of: create(bundle, identifier))
        defer { _ = try? bundle.oci(["delete", "--force", identifier]) }
        let file = try #require(try kept(bundle).first)
        #expect(try kept(bundle).count == 1)
        #expect(try filter(of: enter(bundle, identifier)) == first)
        let answer = try bundle.oci(["exec", identifier, "sh", "-c", "busybox mkdir /tmp/x"])
        #expect(answer.status != 0 && answer.error.contains("No space left"), "\(answer)")

        // One that allows all, in a file that others can write to, is not loaded.
        try rewrite(file) { $0 = [6, 0, 0, 0, 0, 0, 0xff, 0x7f] }
        chmod(file, 0o666)
        #expect(try filter(of: enter(bundle, identifier)) == first)

        _ = try Tool.run(["rm", "-rf", bundle.root + "/.filters"])
        #expect(try filter(of: enter(bundle, identifier)) == first)
        #expect(try kept(bundle).count == 1)
    }

    @Test("a kept filter is loaded, for the next container of the same profile too")
    func shared() throws {
        let bundle = try Bundle()
        let identifier = "shared-filter-\(getpid())"
        let first = try filter(of: create(bundle, identifier))
        #expect(try bundle.oci(["delete", "--force", identifier]).status == 0)
        let file = try #require(try kept(bundle).first)
        // An answer that nothing reaches changes no verdict, and shows that the file is what was loaded.
        try rewrite(file) { $0 += [6, 0, 0, 0, 0, 0, 0, 0] }
        let second = try filter(of: create(bundle, identifier))
        defer { _ = try? bundle.oci(["delete", "--force", identifier]) }
        let words = first.split(separator: " ")
        let count = try #require(words.first.flatMap { Int($0) })
        #expect(second.hasPrefix("\(count + 1) ") && second.contains(words[1].dropLast()))
        #expect(try filter(of: enter(bundle, identifier)) == second)
    }
}
