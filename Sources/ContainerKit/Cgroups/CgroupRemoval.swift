// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// Removes a group and all below it, from the bottom up.
struct CgroupRemoval {
    let directory: CgroupDirectory

    /// Removes the group; one that is gone already is no error.
    ///
    /// A task that was reaped a moment ago may still hold its group, so a busy one is tried again, 2 s in all.
    ///
    /// - Throws: ``ContainerError`` if it stays busy, which means that processes live in it.
    func remove(_ name: String) throws {
        var backoff = CgroupBackoff()
        while true {
            do {
                return try directory.removeGroup(name)
            } catch let error as ContainerError {
                switch error.errno {
                case .noSuchFileOrDirectory: return
                case .resourceBusy, .directoryNotEmpty:
                    // The container may have made groups of its own.
                    for child in try children(of: name) { try remove(name + "/" + child) }
                    guard backoff.pause() else { throw error }
                default: throw error
                }
            }
        }
    }

    private func children(of name: String) throws -> [String] {
        do {
            return try directory.groups(in: name)
        } catch let error as ContainerError where error.errno == .noSuchFileOrDirectory {
            return []
        }
    }
}
