// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import Logging
internal import SystemPackage

/// Names and directories of containers, which change under the root's lock only.
extension Nestbox {
    /// Runs something short while no other process adds or removes containers or services.
    func withLock<Result>(_ body: () throws -> Result) throws -> Result {
        let lock = try FileLock.acquire(layout.lock)
        return try withExtendedLifetime(lock) { try body() }
    }

    /// Runs something short while no other process changes a container's record.
    func withRecordLock<Result>(_ identifier: String, _ body: () throws -> Result) throws -> Result {
        try withLock(body)
    }

    /// A name is a link whose target is the identifier, so that it is taken in one step.
    func takeName(_ name: String, for identifier: String) throws {
        let path = layout.names.appending(name)
        if symlink(identifier, path.string) == 0 { return }
        guard errno == EEXIST else { throw SystemFailure.last("symlink", path) }
        try refuseTakenName(name)
        // A crash left a name without a container.
        unlink(path.string)
        guard symlink(identifier, path.string) == 0 else { throw SystemFailure.last("symlink", path) }
    }

    /// Refuses a name that a container has.
    func refuseTakenName(_ name: String) throws(NestboxError) {
        guard let owner = owner(ofName: name) else { return }
        throw NestboxError(
            .nameInUse,
            """
            the container name '\(name)' is already in use by container \(owner): remove or rename that \
            container to be able to reuse the name
            """
        )
    }

    /// Gives a name back if it belongs to this container.
    func removeName(_ name: String, of identifier: String) throws {
        guard readName(name) == identifier else { return }
        let path = layout.names.appending(name)
        guard unlink(path.string) == 0 || errno == ENOENT else { throw SystemFailure.last("unlink", path) }
    }

    /// The identifier of the container that has the name.
    func owner(ofName name: String) -> String? {
        guard let identifier = readName(name) else { return nil }
        return access(layout.container(identifier).path.string, F_OK) == 0 ? identifier : nil
    }

    /// Moves a directory out of sight in one step; what is in it is removed by ``emptyTrash()``.
    func discardDirectory(_ path: FilePath) throws(SystemFailure) {
        let name = "\(path.lastComponent?.string ?? "")-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        guard Glibc.rename(path.string, layout.trash.appending(name).string) != 0, errno != ENOENT else { return }
        throw .last("rename", path)
    }

    /// Removes what was discarded, without the lock: it may take its time.
    ///
    /// What can't be removed is not in anyone's way and is tried again at the next start.
    func emptyTrash() {
        do {
            for name in try Directory(layout.trash).names {
                try Directory(layout.trash.appending(name)).removeTree()
            }
        } catch {
            logger.warning(
                "discarded files stay for now",
                metadata: ["path": "\(layout.trash)", "error": "\(error)"]
            )
        }
    }

    private func readName(_ name: String) -> String? {
        guard let component = FilePath.Component(name), component.kind == .regular else { return nil }
        let path = layout.names.appending(component)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(path.string, start, buffer.count)
            return count > 0 ? String(decoding: UnsafeRawBufferPointer(buffer)[..<count], as: UTF8.self) : nil
        }
    }
}
