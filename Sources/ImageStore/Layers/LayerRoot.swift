// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The directory a layer is unpacked into: everything happens relative to its descriptor, and no link leads out of it.
final class LayerRoot {
    /// The descriptor of the root.
    let root: OpenFile

    /// The directory that was used last.
    ///
    /// Archives are sorted by directory, so it is mostly the right one.
    private var cached: (path: LayerPath, file: OpenFileReference)?

    /// A descriptor that several owners may hold.
    final class OpenFileReference {
        let file: OpenFile
        var number: Int32 { file.number }

        init(_ number: Int32) {
            file = OpenFile(owning: number)
        }
    }

    /// Opens a directory that exists.
    init(_ path: FilePath) throws {
        root = try OpenFile(path, O_RDONLY | O_DIRECTORY)
    }

    /// The directory at `path`; it and those above it are made where they are missing.
    ///
    /// - Throws: ``ImageStoreError`` with code `hostileArchive` if a link would lead out or a file is in the way.
    func directory(_ path: LayerPath) throws -> OpenFileReference {
        if let cached, cached.path == path { return cached.file }
        let file = OpenFileReference(try open(path, orMake: true))
        cached = (path, file)
        return file
    }

    /// The directory at `path`, or `nil` if it is not there.
    func existingDirectory(_ path: LayerPath) throws -> OpenFileReference? {
        if let cached, cached.path == path { return cached.file }
        switch OpenFile.beneath(root, path.relative, O_RDONLY | O_DIRECTORY) {
        case .success(let number): return OpenFileReference(number)
        case .failure(.noSuchFileOrDirectory): return nil
        case .failure(let error): throw refusal(path, error)
        }
    }

    /// The directory at `path` if it is still one, and no link.
    func unchangedDirectory(_ path: LayerPath) -> OpenFileReference? {
        switch OpenFile.beneath(root, path.relative, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) {
        case .success(let number): OpenFileReference(number)
        case .failure: nil
        }
    }

    /// Forgets a directory that is about to be replaced.
    func forget() {
        cached = nil
    }
}

extension LayerRoot {
    private func open(_ path: LayerPath, orMake make: Bool) throws -> Int32 {
        switch OpenFile.beneath(root, path.relative, O_RDONLY | O_DIRECTORY) {
        case .success(let number): return number
        case .failure(.noSuchFileOrDirectory) where make && !path.isRoot:
            let parent = OpenFileReference(try open(path.parent, orMake: true))
            guard mkdirat(parent.number, path.name, 0o755) == 0 || errno == EEXIST else {
                throw SystemCall.error("mkdirat", path.description, errno)
            }
            return try open(path, orMake: false)
        case .failure(let error): throw refusal(path, error)
        }
    }

    private func refusal(_ path: LayerPath, _ error: Errno) -> ImageStoreError {
        let why: String
        switch error {
        case .improperLink: why = "a link leads out of the layer"
        case .tooManySymbolicLinkLevels: why = "its links form a loop"
        case .notDirectory: why = "a file is in the way"
        case .noSuchFileOrDirectory: why = "a link leads nowhere"
        default: return SystemCall.error("openat2", path.description, error.rawValue)
        }
        return ImageStoreError(
            code: .hostileArchive,
            message: "the archive writes through '\(path)', but \(why)",
            operation: "openat2",
            path: path.description,
            reason: SystemCall.name(of: error.rawValue)
        )
    }
}
