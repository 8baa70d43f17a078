// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension StoreOperations {
    /// Brings content of an image into an attached volume that has had none yet.
    ///
    /// The caller holds the volume's lock.
    func copyUp(
        _ content: FileDescriptor?,
        into record: VolumeRecord,
        _ driver: any VolumeDriver
    ) throws(VolumeError) {
        let place = place(record)
        guard record.copyUp != .done, let scratch = driver.scratchDirectory(place) else { return }
        let copy = CopyUp(data: driver.dataDirectory(place), scratch: scratch.appending("incoming"))
        if record.copyUp == .open {
            guard let content, try Directory.isEmpty(copy.data) else { return }
            let path = FilePath("/proc/self/fd/\(content.rawValue)/.")
            if try Directory.isEmpty(path) { return try copy.adoptAttributes(of: content) }
            try copy.gather(from: content)
            try catalog.write { try VolumeRecord.setCopyUp(.moving, record.id, $0) }
        }
        try copy.settle()
        try catalog.write { try VolumeRecord.setCopyUp(.done, record.id, $0) }
        try copy.clear()
    }
}
