// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Compiled filters in a directory")
struct SeccompFilterStoreTests {
    /// A directory that goes with the test.
    private final class Folder: Sendable {
        let path: FilePath
        var filters: FilePath { path.appending("filters") }
        /// The files in it.
        var files: [FilePath] {
            guard let entries = opendir(filters.string) else { return [] }
            defer { closedir(entries) }
            var names: [FilePath] = []
            while let entry = readdir(entries) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if !name.hasPrefix(".") { names.append(filters.appending(name)) }
            }
            return names
        }

        init() throws {
            var template = Array("/tmp/nestbox-filters-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
            path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }

        deinit {
            for file in files { unlink(file.string) }
            rmdir(filters.string)
            rmdir(path.string)
        }

        func store(compiler: String = "1") -> SeccompFilterStore {
            SeccompFilterStore(directory: filters, compiler: compiler)
        }
    }

    /// No program that a compiler makes of a profile: what is found to be this one came from the store.
    private static let marked = LaunchInputs.SeccompFilter(
        program: BPFInstruction.encode([.answer(0x5_0007), .answer(0x7fff_0000)]),
        flags: 6
    )

    private static let profile = SeccompProfile(
        defaultAction: .errno,
        defaultErrnoRet: 38,
        architectures: [.init(rawValue: "SCMP_ARCH_X86")],
        syscalls: [
            .init(names: ["read", "write"], action: .allow),
            .init(names: ["personality"], action: .allow, args: [.init(index: 0, op: .equal, value: 8, valueTwo: 1)]),
        ]
    )

    @Test("are found by the profile that they were compiled of, flags and all")
    func found() throws {
        let folder = try Folder()
        #expect(folder.store().filter(of: Self.profile) == nil)
        folder.store().keep(Self.marked, of: Self.profile)
        #expect(folder.store().filter(of: Self.profile) == Self.marked)
        #expect(folder.files.count == 1)
    }

    @Test("save the compilation, and are written by it")
    func used() throws {
        let folder = try Folder()
        let compiled = try SeccompFilterCache(store: folder.store())
            .filter(.custom(Self.profile), capabilities: [])
        #expect(folder.store().filter(of: Self.profile) == compiled)
        let program = try SeccompProgram(compiling: Self.profile)
        #expect(compiled?.program == program.bytes)
        folder.store().keep(Self.marked, of: Self.profile)
        let next = SeccompFilterCache(store: folder.store())
        #expect(try next.filter(.custom(Self.profile), capabilities: []) == Self.marked)
        // The default policy is another profile for other capabilities.
        let standard = try next.filter(.standard, capabilities: .docker)
        #expect(try next.filter(.standard, capabilities: .all) != standard)
        #expect(folder.store().filter(of: .default(capabilities: .docker)) == standard)
    }

    @Test(
        "are those of no other profile, however alike",
        arguments: [
            { $0.defaultAction = .log }, { $0.defaultErrnoRet = nil }, { $0.architectures = [] },
            { $0.flags = [.log] }, { $0.refusesTerminalInjection = true }, { $0.syscalls.removeLast() },
            { $0.syscalls[0].names = ["read"] }, { $0.syscalls[0].names = ["readwrite"] },
            { $0.syscalls[0].names = ["write", "read"] }, { $0.syscalls[0].action = .notify },
            { $0.syscalls[0].errnoRet = 1 }, { $0.syscalls[1].args = [] }, { $0.syscalls[1].args[0].index = 1 },
            { $0.syscalls[1].args[0].op = .greater }, { $0.syscalls[1].args[0].value = 9 },
            { $0.syscalls[1].args[0].valueTwo = 2 }, { $0.syscalls.swapAt(0, 1) },
        ] as [@Sendable (inout SeccompProfile) -> Void]
    )
    func apart(change: @Sendable (inout SeccompProfile) -> Void) throws {
        var other = Self.profile
        change(&other)
        #expect(other.identity != Self.profile.identity)
        let folder = try Folder()
        folder.store().keep(Self.marked, of: Self.profile)
        #expect(folder.store().filter(of: other) == nil)
    }

    @Test("of another version of the program are not used")
    func version() throws {
        let folder = try Folder()
        folder.store().keep(Self.marked, of: Self.profile)
        #expect(folder.store(compiler: "2").filter(of: Self.profile) == nil)
    }

    @Test(
        "that somebody else can write to, links and damaged files are passed over",
        arguments: [
            { file in chmod(file, 0o620) }, { file in chmod(file, 0o602) }, { file in truncate(file, 40) },
            { file in truncate(file, 0) }, { file in truncate(file, 2 << 20) },
            { file in rename(file, file + "~") + symlink(file + "~", file) },
            { file in unlink(file) + mkfifo(file, 0o600) }, { file in unlink(file) },
        ] as [@Sendable (String) -> CInt]
    )
    func untrusted(change: @Sendable (String) -> CInt) throws {
        let folder = try Folder()
        folder.store().keep(Self.marked, of: Self.profile)
        let file = try #require(folder.files.first)
        #expect(change(file.string) == 0)
        #expect(folder.store().filter(of: Self.profile) == nil)
        // And a new one takes its place.
        let cache = SeccompFilterCache(store: folder.store())
        let filter = try cache.filter(.custom(Self.profile), capabilities: [])
        #expect(folder.store().filter(of: Self.profile) == filter)
    }

    @Test("in a directory that somebody else can write to are passed over")
    func untrustedFolder() throws {
        let folder = try Folder()
        folder.store().keep(Self.marked, of: Self.profile)
        chmod(folder.filters.string, 0o777)
        #expect(folder.store().filter(of: Self.profile) == nil)
        chmod(folder.filters.string, 0o700)
        #expect(folder.store().filter(of: Self.profile) == Self.marked)
    }

    @Test("belong to this user, or are passed over", .enabled(if: geteuid() == 0, "needs root, to give files away"))
    func owner() throws {
        let folder = try Folder()
        folder.store().keep(Self.marked, of: Self.profile)
        let file = try #require(folder.files.first)
        #expect(chown(file.string, 1, 1) == 0)
        #expect(folder.store().filter(of: Self.profile) == nil)
    }

    @Test("of many profiles do not pile up")
    func bounded() throws {
        let folder = try Folder()
        for number in 0..<200 {
            var profile = Self.profile
            profile.defaultErrnoRet = UInt32(number)
            folder.store().keep(Self.marked, of: profile)
            #expect(folder.store().filter(of: profile) == Self.marked)
        }
        #expect(folder.files.count <= 64)
    }

    @Test("are read whole or not at all")
    func records() throws {
        let record = SeccompFilterRecord(key: [1, 2, 3], filter: Self.marked)
        let bytes = record.bytes
        #expect(SeccompFilterRecord(bytes) == record)
        for count in bytes.indices { #expect(SeccompFilterRecord(Array(bytes[..<count])) == nil) }
        #expect(SeccompFilterRecord(bytes + [0]) == nil)
        // Lengths that add up beyond the file, or to a program of half an instruction, or of none.
        for (offset, value) in [(8, 0xff), (12, 0xff), (12, 0x0c), (12, 0), (0, 0)] as [(Int, UInt8)] {
            var changed = bytes
            changed[offset] = value
            #expect(SeccompFilterRecord(changed) == nil)
        }
        let long = [BPFInstruction](repeating: .answer(0), count: BPFInstruction.maximumCount + 1)
        let filter = LaunchInputs.SeccompFilter(program: BPFInstruction.encode(long), flags: 0)
        #expect(SeccompFilterRecord(SeccompFilterRecord(key: [], filter: filter).bytes) == nil)
    }
}
