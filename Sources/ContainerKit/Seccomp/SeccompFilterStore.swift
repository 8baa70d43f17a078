// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CSeccomp
internal import Glibc
package import SystemPackage

/// Compiled filters in a directory, for command lines: each of their processes would compile the same profile anew, which
/// takes longer than all the rest of a launch.
///
/// A file is found by a hash and taken only if it holds the very profile, written by the very program: a container
/// never runs under another one's filter, and what an older program has compiled is not used. The directory is this
/// user's alone and no container sees it; nothing that others own or can write to is read. Whatever is amiss with a file
/// means that the profile is compiled as if there were none.
package struct SeccompFilterStore: Sendable {
    /// The most files that are kept: a host runs few kinds of containers.
    private static let limit = 64

    private let directory: FilePath
    private let compiler: [UInt8]

    /// - Parameters:
    ///   - directory: Where the files are; made when the first is written, below a directory that exists.
    ///   - compiler: What tells this program from its other versions.
    package init(directory: FilePath, compiler: String) {
        self.directory = directory
        let version = seccomp_version()?.pointee
        let library = "\(version?.major ?? 0).\(version?.minor ?? 0).\(version?.micro ?? 0)"
        let machine = SeccompProfile.Architecture.native.rawValue
        self.compiler = Array("\(compiler)\0\(library)\0\(machine)\0".utf8)
    }

    /// The filter that was compiled of a profile; `nil` if none was, or none that can be trusted.
    func filter(of profile: SeccompProfile) -> LaunchInputs.SeccompFilter? {
        let key = key(of: profile)
        guard let folder = openFolder(), let record = Self.read(Self.name(of: key), in: folder), record.key == key
        else { return nil }
        return record.filter
    }

    /// Writes a filter down; one that can't be is compiled again next time.
    func keep(_ filter: LaunchInputs.SeccompFilter, of profile: SeccompProfile) {
        let key = key(of: profile)
        let bytes = SeccompFilterRecord(key: key, filter: filter).bytes
        guard bytes.count <= SeccompFilterRecord.maximumSize else { return }
        mkdir(directory.string, 0o700)
        guard let folder = openFolder() else { return }
        makeRoom()
        let name = Self.name(of: key)
        let temporary = "\(name).\(getpid())"
        let opened = openat(
            folder.rawValue,
            temporary,
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            0o600
        )
        guard opened >= 0 else { return }
        let file = Descriptor(owning: opened)
        let isWhole = (try? file.borrowed.writeAll(bytes)) == bytes.count
        // Whoever reads finds all of it or nothing.
        if isWhole, renameat(folder.rawValue, temporary, folder.rawValue, name) == 0 { return }
        unlinkat(folder.rawValue, temporary, 0)
    }

    private func key(of profile: SeccompProfile) -> [UInt8] {
        compiler + profile.identity
    }

    /// A hash by Fowler, Noll and Vo (FNV-1a, 64 bits), which only has to spread: the key itself is compared.
    private static func name(of key: [UInt8]) -> String {
        let hash = key.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    private func openFolder() -> Descriptor? {
        let opened = open(directory.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { return nil }
        let folder = Descriptor(owning: opened)
        guard Self.isOurs(folder, S_IFDIR) != nil else { return nil }
        return folder
    }

    private static func read(_ name: String, in folder: borrowing Descriptor) -> SeccompFilterRecord? {
        let opened = openat(folder.rawValue, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard opened >= 0 else { return nil }
        let file = Descriptor(owning: opened)
        guard let size = isOurs(file, S_IFREG), size <= SeccompFilterRecord.maximumSize else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, Glibc.read(file.rawValue, buffer.baseAddress, size))
        }
        return SeccompFilterRecord(bytes)
    }

    /// The size of a file of this kind that belongs to this user and that nobody else can write to.
    private static func isOurs(_ file: borrowing Descriptor, _ kind: mode_t) -> Int? {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == kind, status.st_uid == geteuid(),
            status.st_mode & 0o022 == 0
        else { return nil }
        return Int(status.st_size)
    }

    /// Removes all files once there are many: profiles of programs that are gone would stay for ever.
    private func makeRoom() {
        guard let entries = opendir(directory.string) else { return }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard names.count >= Self.limit else { return }
        for name in names { unlinkat(dirfd(entries), name, 0) }
    }
}
