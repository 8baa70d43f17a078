// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FuzzDriver
import Glibc
import ImageStore
import SystemPackage

/// Imports `bytes` as a root filesystem into a store in memory, and removes what came of it.
func importArchive(_ bytes: [UInt8], below work: FilePath) async {
    let archive = work.appending("archive")
    do {
        let descriptor = try FileDescriptor.open(
            archive,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        _ = try descriptor.closeAfter { try descriptor.writeAll(bytes) }
        let store = try ImageStore(root: work.appending("store"))
        _ = try? await store.importRootFilesystem(archive: archive, as: ImageReference("fuzzed"))
        if let image = try? store.image("fuzzed") { _ = try await store.remove(image) }
    } catch {
        fatalError("the store was harmed: \(error)")
    }
}

// Checksums are made right, or almost nothing would get past them; whatever the archive is, the store stays whole.
let work = FilePath("/dev/shm/nestbox-fuzz-\(getpid())")
mkdir(work.string, 0o700)
fuzz { bytes async in
    await importArchive(TarChecksums.corrected(bytes), below: work)
}
