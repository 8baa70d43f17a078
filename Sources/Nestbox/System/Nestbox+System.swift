// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import ImageStore
internal import SystemPackage
internal import VolumeStore

/// What takes space in an engine's root.
public struct DiskUsage: Sendable, Hashable {
    /// One kind of thing.
    public struct Part: Sendable, Hashable {
        /// How many there are.
        public var count = 0
        /// How many are in use.
        public var active = 0
        /// The bytes that they take.
        public var bytes: Int64 = 0
        /// The bytes of those that are not in use.
        public var reclaimable: Int64 = 0

        mutating func add(_ bytes: Int64, isActive: Bool) {
            count += 1
            self.bytes += bytes
            if isActive { active += 1 } else { reclaimable += bytes }
        }
    }

    /// Images; what several share is counted for each.
    public var images = Part()
    /// What containers have written, and their logs.
    public var containers = Part()
    /// Volumes.
    public var volumes = Part()
}

extension Nestbox {
    /// What takes space in the root.
    ///
    /// - Throws: ``NestboxError``.
    public func usage() async throws -> DiskUsage {
        var usage = DiskUsage()
        let records = try containers()
        do {
            let used = Set(records.map(\.imageIdentifier))
            for image in try images.images() { usage.images.add(image.size, isActive: isUsed(image, by: used)) }
            for record in records {
                let bytes = Directory.size(layout.container(record.identifier).path)
                usage.containers.add(bytes, isActive: record.isRunning)
            }
            let mounted = Set(records.filter(\.isRunning).flatMap(\.mounts).compactMap(\.volume))
            for volume in try await volumes.list() {
                let source = records.flatMap(\.mounts).first { $0.volume == volume.name }?.source
                let bytes = source.map { Directory.size(FilePath($0)) } ?? 0
                usage.volumes.add(bytes, isActive: mounted.contains(volume.name))
            }
            return usage
        } catch {
            throw NestboxError(error, "what takes space can't be told")
        }
    }
}

extension Directory {
    /// The bytes that a tree takes on the disk; what can't be read counts nothing.
    static func size(_ path: FilePath) -> Int64 {
        let descriptor = open(path.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        return size(adopting: descriptor)
    }

    private static func size(adopting descriptor: CInt) -> Int64 {
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return 0
        }
        defer { closedir(stream) }
        var total: Int64 = 0
        for name in names(of: stream) {
            var status = stat()
            guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            total += Int64(status.st_blocks) * 512
            guard status.st_mode & S_IFMT == S_IFDIR else { continue }
            let inner = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if inner >= 0 { total += size(adopting: inner) }
        }
        return total
    }
}
