// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A directory that is gone with its last reference.
final class TemporaryDirectory: Sendable {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/nestbox-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit {
        if let pid = try? Shell.start(["rm", "-rf", path.string]) { _ = Shell.wait(pid) }
    }

    /// Writes a file.
    func write(_ text: String, to name: String, mode: CModeT = 0o644) throws {
        let file = try FileDescriptor.open(
            path.appending(name),
            .writeOnly,
            options: [.create, .truncate],
            permissions: FilePermissions(rawValue: mode)
        )
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
        chmod(path.appending(name).string, mode)
    }
}
