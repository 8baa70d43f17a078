// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import ImageBuilder
internal import ImageStore
internal import Nestbox
internal import SystemPackage

extension TestImage {
    /// Makes sure that an engine has the image.
    ///
    /// - Returns: Its name or identifier.
    /// - Throws: ``ContainerTestError`` of code `image`, or what kept the image from coming.
    func provide(in nestbox: Nestbox) async throws -> String {
        switch kind {
        case .named(let name):
            try await nestbox.provideImage(name)
            return name
        case .rootFilesystem(let archive, let name, let defaults):
            return try await provide(archive, as: name, defaults, in: nestbox)
        case .archive(let path):
            guard let image = try await nestbox.images.load(path).first else {
                throw ContainerTestError(.image, "'\(path)' holds no image")
            }
            return "\(image.id)"
        case .built(let context, let dockerfile, let target, let bases):
            var options = ImageBuilder.Options()
            options.target = target
            for (name, base) in bases {
                options.contexts[name] = .image(try ImageReference(try await base.provide(in: nestbox)))
            }
            // Without a name nothing would hold what was built.
            let name = "nestbox-testing/built:" + Self.tag(of: "\(context)\0\(dockerfile)\0\(target ?? "")")
            options.tags = [try ImageReference(name)]
            _ = try await nestbox.build(context, dockerfile: dockerfile, options: options)
            return name
        case .provided(let provide):
            return try await provide(nestbox)
        }
    }

    private func provide(
        _ archive: FilePath,
        as name: String,
        _ defaults: ImageConfiguration.Defaults,
        in nestbox: Nestbox
    ) async throws -> String {
        let repository = try ImageReference(name)
        let version = Self.tag(of: "\(archive)\0\(try Self.version(of: archive))\0\(defaults)")
        let reference = try ImageReference("\(repository.repository):\(version)")
        if (try? nestbox.images.image(reference)) != nil { return reference.familiar }
        try await nestbox.images.importRootFilesystem(archive: archive, as: reference, configuration: defaults)
        // Those of former archives; one that another process uses stays.
        for old in try nestbox.images.images() where old.reference?.repository == repository.repository {
            guard let former = old.reference, former != reference else { continue }
            _ = try? await nestbox.removeImage("\(former)")
        }
        return reference.familiar
    }

    /// Tells one state of a file from another.
    private static func version(of path: FilePath) throws -> String {
        var status = stat()
        guard stat(path.string, &status) == 0 else {
            throw ContainerTestError(.image, "'\(path)' can't be imported: \(Errno(rawValue: errno))")
        }
        return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// A tag that stands for a text: FNV-1a of it.
    private static func tag(of text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}
