// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FuzzDriver
import Glibc
import ImageStore
import SystemPackage

/// Loads an archive of images into a store in memory, prepares and lists what came of it, and removes it.
func load(_ archive: [UInt8], below work: FilePath) async {
    let file = work.appending("archive")
    do {
        let descriptor = try FileDescriptor.open(
            file,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        _ = try descriptor.closeAfter { try descriptor.writeAll(archive) }
        let store = try ImageStore(root: work.appending("store"))
        do {
            for image in try await store.load(file) { _ = try? await store.prepareRootfs(of: image) }
        } catch {
            let listed = try store.images()
            precondition(listed.isEmpty, "an archive that was refused left images: \(listed)")
        }
        for image in try store.images() { _ = try await store.remove(image) }
        _ = try await store.prune(danglingOnly: false)
    } catch {
        fatalError("the store was harmed: \(error)")
    }
}

// Manifests, indexes and configurations, whose digests and sizes are made right, or almost nothing would get past them.
let work = FilePath("/dev/shm/nestbox-fuzz-\(getpid())")
mkdir(work.string, 0o700)
fuzz { bytes async in
    await load(ImageScript(bytes).archive, below: work)
}
