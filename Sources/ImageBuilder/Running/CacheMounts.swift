// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage

/// The directories that commands share over builds: `RUN --mount=type=cache`.
struct CacheMounts: Sendable {
    /// Where they all are.
    let directory: FilePath

    /// A directory in use; it is given back when this value is gone.
    final class Lease: Sendable {
        let path: FilePath
        private let lock: OpenFile

        init(path: FilePath, lock: OpenFile) {
            self.path = path
            self.lock = lock
        }
    }

    /// Takes a cache's directory; where there is none, one is made, which `prepare` fills.
    ///
    /// `identity` is all that tells the cache from others: its name, what it begins with, whom it belongs to.
    func lease(
        _ identity: [String],
        sharing: Instruction.Run.Mount.Sharing,
        prepare: (FilePath) async throws -> Void
    ) async throws -> Lease {
        var encoder = CacheEncoder()
        encoder.encode(identity)
        let name = String(Hexadecimal.text(SHA256.hash(encoder.bytes)).prefix(32))
        var copy = 0
        while true {
            let place = directory.appending(copy == 0 ? name : "\(name)-\(copy)")
            let lock = try open("lock", in: place)
            let isShared = sharing == .shared
            if flock(lock.number, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 {
                return try await lease(place, lock, isShared: isShared, prepare: prepare)
            }
            guard errno == EWOULDBLOCK else { throw SystemCall.failure("flock", place.string) }
            if sharing == .private {
                // Somebody uses it, so this build gets another.
                copy += 1
            } else {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private func lease(
        _ place: FilePath,
        _ lock: OpenFile,
        isShared: Bool,
        prepare: (FilePath) async throws -> Void
    ) async throws -> Lease {
        let data = place.appending("data")
        // One at a time makes it: a second one's rename would take the place of a first one's that is still empty.
        let making = try open("making", in: place)
        while flock(making.number, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK else { throw SystemCall.failure("flock", place.string) }
            try await Task.sleep(for: .milliseconds(5))
        }
        if access(data.string, F_OK) != 0 {
            // It appears whole, so that a build that was cut off leaves no half of one.
            let temporary = place.appending("new-\(getpid())-\(UInt32.random(in: .min ... .max))")
            try SystemCall.check("mkdir", temporary.string) { mkdir(temporary.string, 0o755) }
            do {
                try await prepare(temporary)
                try SystemCall.check("rename", data.string) { rename(temporary.string, data.string) }
            } catch {
                try? StepRunner.discard(temporary)
                throw error
            }
        }
        return Lease(path: data, lock: lock)
    }

    private func open(_ name: String, in place: FilePath) throws(ImageBuilderError) -> OpenFile {
        for path in [directory, place] where mkdir(path.string, 0o700) != 0 && errno != EEXIST {
            throw SystemCall.failure("mkdir", path.string)
        }
        let lock = place.appending(name).string
        return OpenFile(
            owning: try SystemCall.check("open", lock) { Glibc.open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
        )
    }
}
