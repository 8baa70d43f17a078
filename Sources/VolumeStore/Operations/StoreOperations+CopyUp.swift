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
        let data = driver.dataDirectory(place)
        let scratch = driver.scratchDirectory(place)?.appending("incoming")
        // A filesystem that is the store's in nothing but its mount has no place for scratch beside the data.
        let copy = CopyUp(data: data, scratch: scratch ?? data.appending(".nestbox-incoming"))
        if scratch == nil, record.copyUp == .done || content == nil || Directory.isReadOnly(data) { return }
        if driver.isEphemeral(place) { return try fill(copy, with: content) }
        guard record.copyUp != .done else { return }
        if record.copyUp == .open {
            // What a crash left of an earlier try must not count as content.
            if scratch == nil { try copy.clear() }
            guard let content, try Directory.isEmpty(copy.data) else { return }
            if try isEmpty(content) { return try copy.adoptAttributes(of: content) }
            try copy.gather(from: content)
            try catalog.write { try VolumeRecord.setCopyUp(.moving, record.id, $0) }
        }
        try copy.settle()
        try catalog.write { try VolumeRecord.setCopyUp(.done, record.id, $0) }
        try copy.clear()
    }

    /// Brings content into a volume that won't survive a crash anyway.
    private func fill(_ copy: CopyUp, with content: FileDescriptor?) throws(VolumeError) {
        guard let content, try Directory.isEmpty(copy.data) else { return }
        try copy.gather(from: content)
        try copy.settle()
        try copy.clear()
    }

    private func isEmpty(_ directory: FileDescriptor) throws(VolumeError) -> Bool {
        try Directory.isEmpty(FilePath("/proc/self/fd/\(directory.rawValue)/."))
    }
}
