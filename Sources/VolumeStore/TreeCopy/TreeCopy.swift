// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CVolumeStore
import Dispatch
import Glibc
import SystemPackage

/// Copies a tree of files with everything that belongs to it: owners, modes, times, extended attributes, hard links,
/// holes, special files.
///
/// No link is followed, on either side: each entry is opened from its directory's descriptor.
enum TreeCopy {
    /// More than two only wait for each other in the filesystem's journal.
    private static let mostWorkers = 2

    /// Copies what is in the directory `source` into the directory `target`, which should be empty, and gives `target`
    /// the attributes of `source`.
    ///
    /// It is in the page cache when this returns; see ``sync(_:path:)``.
    ///
    /// - Parameters:
    ///   - source: The directory to copy from, open for reading.
    ///   - target: The directory to copy to, open for reading.
    ///   - path: The target's path, for errors.
    /// - Throws: ``VolumeError`` at the first entry that can't be copied whole.
    static func copyContents(
        from source: FileDescriptor,
        to target: FileDescriptor,
        path: FilePath
    ) throws(VolumeError) {
        let links = LinkedFiles()
        let workers = max(1, min(mostWorkers, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
        let work = CopyWork(workers: workers)
        work.add(try DirectoryPair(duplicating: source.rawValue, target.rawValue, path: path))
        // The threads are not the caller's, so what the caller's task carries is carried over.
        let injector = FaultPoint.injector
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            FaultPoint.$injector.withValue(injector) {
                var worker = CopyWorker(work: work, links: links, root: path)
                worker.run()
            }
        }
        if let error = work.error { throw error }
        try links.finish(in: target.rawValue, path: path)
    }

    /// Writes everything of the filesystem under `directory` to the disk.
    ///
    /// For a tree of many files that is far quicker than a sync of each.
    static func sync(_ directory: FileDescriptor, path: FilePath) throws(VolumeError) {
        try FaultPoint.pass("syncfs", path)
        guard cvolumestore_syncfs(directory.rawValue) == 0 else { throw .system("syncfs", path) }
    }
}
