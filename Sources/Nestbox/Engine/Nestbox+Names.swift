// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// Names and directories of containers. All of it is done under the root's lock.
extension Nestbox {
    /// A name is a link whose target is the identifier, so that it is taken in one step.
    func takeName(_ name: String, for identifier: String) throws {
        let path = layout.names.appending(name)
        if symlink(identifier, path.string) == 0 { return }
        guard errno == EEXIST else { throw SystemFailure.last("symlink", path) }
        if let owner = owner(ofName: name) {
            throw NestboxError(
                .nameInUse,
                """
                the container name '\(name)' is already in use by container \(owner): remove or rename that \
                container to be able to reuse the name
                """
            )
        }
        // A crash left a name without a container.
        unlink(path.string)
        guard symlink(identifier, path.string) == 0 else { throw SystemFailure.last("symlink", path) }
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

    /// Moves a directory out of sight in one step, and then removes it.
    func discardDirectory(_ path: FilePath, named name: String) throws {
        let trash = layout.trash.appending(name)
        guard rename(path.string, trash.string) == 0 else {
            if errno == ENOENT { return }
            throw SystemFailure.last("rename", path)
        }
        try Directory(trash).removeTree()
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
