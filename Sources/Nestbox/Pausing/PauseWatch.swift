// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Dispatch
internal import Glibc
internal import SystemPackage

/// Sees to it that a container goes on when those who had it stand still are gone, even if they were killed.
///
/// It costs a descriptor and no time while nobody pauses the container.
final class PauseWatch: Sendable {
    private static let interval = DispatchTimeInterval.milliseconds(50)

    private let descriptor: CInt
    private let queue = DispatchQueue(label: "nestbox.pauses")
    /// Lets the container go on if nobody has it stand still any more; says whether somebody has.
    private let settle: @Sendable () -> Bool

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - path: The pipe, which is made if there is none.
    ///   - settle: Lets the container go on if nobody has it stand still any more; says whether somebody has.
    /// - Throws: `SystemFailure` if there can be no pipe.
    init(_ path: FilePath, settle: @escaping @Sendable () -> Bool) throws(SystemFailure) {
        guard mkfifo(path.string, 0o600) == 0 || errno == EEXIST else { throw .last("mkfifo", path) }
        // With a writing end of its own it never sees an end of file, which would wake it for ever.
        let opened = open(path.string, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        guard opened >= 0 else { throw .last("open", path) }
        descriptor = opened
        self.settle = settle
        let source = DispatchSource.makeReadSource(fileDescriptor: opened, queue: queue)
        source.setCancelHandler { close(opened) }
        source.setEventHandler { [weak self] in
            guard let self else { return source.cancel() }
            self.somebodyCame()
        }
        source.activate()
    }

    deinit {
        // The handler finds nobody to tell, and closes.
        var word: UInt8 = 0
        write(descriptor, &word, 1)
    }

    private func somebodyCame() {
        var words = [UInt8](repeating: 0, count: 4096)
        while read(descriptor, &words, words.count) > 0 {}
        look()
    }

    /// The kernel tells nobody of a dropped lock, so this looks again and again for as long as there is one.
    private func look() {
        guard settle() else { return }
        queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in self?.look() }
    }
}
