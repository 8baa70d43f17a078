// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ImageStore {
    /// Imports the archive of a root filesystem as an image of one layer.
    ///
    /// The archive is a tar, plain or compressed with gzip, zstd, xz or bzip2. What OCI can store compressed is stored
    /// as it came; xz and bzip2 are stored plain. Copying, hashing, decompression and unpacking overlap.
    ///
    /// - Parameters:
    ///   - archive: The archive's path.
    ///   - reference: The name the image gets; an image that has it loses it. `nil` for an image without a name.
    ///   - configuration: What runs in containers of the image by default.
    ///   - platform: What the programs in the archive are for.
    ///   - created: When the image was made, in RFC 3339 form; `nil` for now. The same archive with the same time gives
    ///     the same image.
    ///   - comment: A remark for the image's history; by default it says where the image is from.
    ///   - progress: Hears how much of the archive was read.
    /// - Returns: The image.
    /// - Throws: ``ImageStoreError``: `invalidArchive` if the file is no whole archive, `hostileArchive` or
    ///   `limitExceeded` if it is refused; the store is then as it was.
    @discardableResult
    public func importRootFilesystem(
        archive: FilePath,
        as reference: ImageReference?,
        configuration: ImageConfiguration.Defaults = ImageConfiguration.Defaults(),
        platform: Platform = .current,
        created: String? = nil,
        comment: String? = nil,
        progress: ProgressHandler? = nil
    ) async throws -> Image {
        let session = try await IngestSession(paths: paths, limits: limits)
        let comment = comment ?? "imported from \(archive.lastComponent?.string ?? "")"
        let layer = try await session.importLayer(archive: archive, progress: progress)
        return try add(layer, as: reference, configuration, platform, created, comment, session)
    }

    /// Imports the archive of a root filesystem that comes through a pipe, or from an open file.
    ///
    /// - Throws: As ``importRootFilesystem(archive:as:configuration:platform:created:comment:progress:)``.
    @discardableResult
    public func importRootFilesystem(
        from input: FileDescriptor,
        as reference: ImageReference?,
        configuration: ImageConfiguration.Defaults = ImageConfiguration.Defaults(),
        platform: Platform = .current,
        created: String? = nil,
        comment: String? = nil,
        progress: ProgressHandler? = nil
    ) async throws -> Image {
        let session = try await IngestSession(paths: paths, limits: limits)
        let archive = try await session.spool(input)
        let layer = try await session.importLayer(archive: archive, progress: progress)
        let comment = comment ?? "imported from -"
        return try add(layer, as: reference, configuration, platform, created, comment, session)
    }

    private func add(
        _ layer: (descriptor: Descriptor, diffID: Digest),
        as reference: ImageReference?,
        _ defaults: ImageConfiguration.Defaults,
        _ platform: Platform,
        _ created: String?,
        _ comment: String,
        _ session: IngestSession
    ) throws -> Image {
        let created = created ?? JSONDocument.now()
        let configuration = ImageConfiguration(
            platform: platform,
            created: created,
            config: defaults,
            rootfs: ImageConfiguration.RootFilesystem(diffIDs: [layer.diffID]),
            history: [ImageConfiguration.History(created: created, comment: comment)]
        )
        let config = try session.add(configuration, as: .config)
        var manifest = try session.add(Manifest(config: config, layers: [layer.descriptor]), as: .manifest)
        manifest.platform = platform
        return try session.commit {
            try list(manifest, as: reference?.taggedByDefault)
            return try image(at: manifest, reference: reference?.taggedByDefault, platform: nil)
        }
    }
}

extension IngestSession {
    /// Copies and unpacks an archive whose digests nobody knows yet.
    fileprivate func importLayer(
        archive: FilePath,
        progress: ProgressHandler?
    ) async throws -> (descriptor: Descriptor, diffID: Digest) {
        let (size, compression) = try await OwnThread.run { try Self.inspect(archive) }
        let path = newPath()
        let growing = GrowingFile()
        let item = archive.lastComponent?.string ?? archive.string
        let report: @Sendable (Int64) -> Void = { done in
            progress?(ImageProgress(item: item, completed: done, total: size))
        }
        async let copied = copy(
            { flag in try Self.source(archive, compression, flag, limits: self.limits, report: report) },
            to: path,
            growing: growing
        )
        let unpacked = try await unpack(path, of: nil, expecting: nil, growing: growing)
        let (digest, stored) = try await copied
        guard unpacked.result.hasEndMarker else {
            throw ImageStoreError(
                code: .invalidArchive,
                message: "'\(archive)' is no whole tar archive: it does not end with an end marker",
                path: archive.string
            )
        }
        let diffID = unpacked.result.diffID ?? digest
        if unpacked.result.diffID == nil { try finish(unpacked, diffID: diffID) }
        let type = unpacked.result.compression.layerType ?? .layer
        return (Descriptor(mediaType: type, digest: digest, size: stored), diffID)
    }

    /// The archive's size and compression.
    private static func inspect(_ archive: FilePath) throws -> (size: Int64, Compression) {
        let file = try OpenFile(archive, O_RDONLY)
        let status = try file.status(path: archive.string)
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            let what = status.st_mode & S_IFMT == S_IFREG ? "is empty" : "is no file"
            throw ImageStoreError(code: .invalidArchive, message: "'\(archive)' \(what)", path: archive.string)
        }
        return (Int64(status.st_size), try Compression.detect(in: archive))
    }

    /// The bytes to store: the file's own, or what is in them if OCI has no such compressed layers.
    private static func source(
        _ archive: FilePath,
        _ compression: Compression,
        _ flag: CancellationFlag,
        limits: LayerLimits,
        report: @escaping @Sendable (Int64) -> Void
    ) throws -> any ByteSource {
        var done: Int64 = 0
        let file = ObservedSource(try FileSource(archive, cancellation: flag)) { bytes in
            done += Int64(bytes.count)
            report(done)
        }
        guard compression.layerType == nil else { return file }
        return try DecompressedSource(file, compression: compression, limit: limits.archiveSize)
    }
}
