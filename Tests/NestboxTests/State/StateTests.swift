// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage
import Testing

@testable import Nestbox

@Suite("State on disk")
struct StateTests {
    @Test("a value that can't be written leaves the old one whole")
    func atomic() throws {
        let directory = try TemporaryDirectory()
        let file = StateFile<[String]>(path: directory.path.appending("value.json"))
        try file.write(["old"])
        // A directory in the way of the new file makes every write fail.
        mkdir(directory.path.appending("value.json.new").string, 0o700)
        #expect(throws: SystemFailure.self) { try file.write(["new"]) }
        #expect(try file.read() == ["old"])
    }

    @Test("a damaged file is an error of its own")
    func damaged() throws {
        let directory = try TemporaryDirectory()
        try directory.write("{", to: "value.json")
        #expect {
            try StateFile<[String]>(path: directory.path.appending("value.json")).read()
        } throws: {
            ($0 as? NestboxError)?.code == .state
        }
    }

    @Test("a tree is removed without following its links")
    func tree() throws {
        let directory = try TemporaryDirectory()
        for name in ["tree", "tree/a", "tree/a/b", "outside"] {
            mkdir(directory.path.appending(name).string, 0o700)
        }
        try directory.write("kept", to: "outside/file")
        try directory.write("x", to: "tree/a/b/c")
        symlink("../../outside", directory.path.appending("tree/a/link").string)
        try Directory(directory.path.appending("tree")).removeTree()
        #expect(try Directory(directory.path).names.sorted() == ["outside"])
        #expect(try Shell.text(of: directory.path.appending("outside/file")) == "kept")
    }

    @Test("a lock has one holder, and a watch sees it go with the last word it left")
    func lock() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("lock")
        var lock = try FileLock.tryAcquire(path, creating: true)
        #expect(lock != nil)
        #expect(try FileLock.tryAcquire(path) == nil)
        let watch = try LockWatch(path)
        #expect(!watch.isFree)
        lock?.leave("42")
        lock = nil
        #expect(watch.isFree)
        unlink(path.string)
        #expect(watch.lastWord == "42")
    }

    @Test("a lock that is given back is free, though another process still has its descriptor")
    func copiedLock() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("lock")
        var lock = try FileLock.tryAcquire(path, creating: true)
        #expect(lock != nil)
        // As a child of this process has it until it executes its program.
        var wanted = stat()
        try #require(stat(path.string, &wanted) == 0)
        let number = try #require(
            try Directory(FilePath("/proc/self/fd")).names.compactMap { CInt($0) }.first { number in
                var status = stat()
                return fstat(number, &status) == 0 && (status.st_dev, status.st_ino) == (wanted.st_dev, wanted.st_ino)
            }
        )
        let copy = try FileDescriptor(rawValue: number).duplicate()
        defer { try? copy.close() }
        lock = nil
        #expect(try FileLock.tryAcquire(path) != nil)
    }

    @Test("a process is not taken for another that has its number")
    func processes() throws {
        let own = try #require(ProcessHandle.reference(to: getpid()))
        #expect(ProcessHandle(own) != nil)
        #expect(ProcessHandle(ProcessReference(pid: own.pid, startTime: own.startTime + 1)) == nil)
        let child = try Shell.start(["true"])
        #expect(Shell.wait(child) == 0)
        #expect(ProcessHandle.reference(to: child) == nil)
    }

    @Test("a signal reaches the process that is meant, and is told when there is none")
    func signals() throws {
        let child = try Shell.start(["sleep", "100"])
        let reference = try #require(ProcessHandle.reference(to: child))
        let handle = try #require(ProcessHandle(reference))
        #expect(try handle.send(.kill))
        #expect(Shell.wait(child) == 137)
        #expect(try !handle.send(.kill))
    }

    @Test("moments are written in RFC 3339")
    func moments() {
        #expect(Moment(nanoseconds: 1_700_000_000_000_000_001).description == "2023-11-14T22:13:20.000000001Z")
    }
}
