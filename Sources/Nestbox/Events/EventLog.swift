// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// What has happened to containers of one root, in a file that every process appends to and any may follow.
///
/// Each event is one line, written in one step. A file that has grown long makes room for a new one; the one before it
/// is kept.
struct EventLog: Sendable {
    /// The most bytes of a file.
    private static let most: Int64 = 4 << 20

    let path: FilePath

    /// Tells whoever listens.
    ///
    /// An event that can't be written is lost; nothing else fails for it.
    func post(_ action: Event.Action, of record: ContainerRecord, _ attributes: [String: String] = [:]) {
        var attributes = attributes.merging(["name": record.name, "image": record.image]) { own, _ in own }
        if let service = record.service { attributes["service"] = service }
        post(
            Event(time: .now(), kind: .container, action: action, identifier: record.identifier, attributes: attributes)
        )
    }

    /// Tells whoever listens.
    func post(_ event: Event) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(event) else { return }
        let file = open(path.string, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        let bytes = Array(line) + [UInt8(ascii: "\n")]
        _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        if lseek(file, 0, SEEK_END) > Self.most { rename(path.string, path.string + ".1") }
    }
}
