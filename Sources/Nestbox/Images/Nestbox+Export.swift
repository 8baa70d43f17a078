// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore
public import SystemPackage

extension Nestbox {
    /// Writes a container's files as a tar archive into a pipe or an open file.
    ///
    /// Volumes are not part of it. A container that runs is archived as it is at the moment each file is read.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - output: Where the archive goes.
    /// - Throws: ``NestboxError``.
    public func export(_ text: String, into output: FileDescriptor) async throws {
        try await withFiles(of: text) { try await ImageStore.exportRootFilesystem($0, into: output) }
    }

    /// Writes a container's files as a tar archive that appears whole or not at all.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - archive: The file to write.
    /// - Throws: ``NestboxError``.
    public func export(_ text: String, to archive: FilePath) async throws {
        try await withFiles(of: text) { try await ImageStore.exportRootFilesystem($0, to: archive) }
    }

    private func withFiles(of text: String, _ body: (FilePath) async throws -> Void) async throws {
        let record = try container(text)
        do {
            let image = try images.image(record.imageIdentifier)
            let root = try await images.prepareRootfs(of: image)
            let base = root.layers.isEmpty ? [layout.emptyLayer] : root.layers
            // What the container wrote lies on top; the whole is mounted for this process alone, and read-only.
            let view = try ImageView(layers: [layout.container(record.identifier).upper] + base)
            try await body(view.path)
            _ = consume view
            withExtendedLifetime(root) {}
        } catch {
            throw NestboxError(error, "container '\(text)' can't be exported")
        }
    }
}
