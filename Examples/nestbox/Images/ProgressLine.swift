// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage

/// How far an image's import is, on one line of a terminal that is written over; nothing elsewhere.
struct ProgressLine {
    private let isShown = isatty(2) != 0

    /// What the store calls.
    var handler: ProgressHandler? {
        guard isShown else { return nil }
        return { progress in
            let total = progress.total.map { " of " + ByteText.text($0) } ?? ""
            let bar = progress.total.map { Self.bar(Double(progress.completed) / Double(max(1, $0))) } ?? ""
            Self.show("\(progress.item) \(bar)\(ByteText.text(progress.completed))\(total)")
        }
    }

    /// Takes the line away.
    func finish() {
        if isShown { Self.show("") }
    }

    private static func bar(_ share: Double) -> String {
        let width = 30
        let filled = Int(min(1, max(0, share)) * Double(width))
        return "[" + String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled) + "] "
    }

    private static func show(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll("\r\u{1B}[K\(text)".utf8)
    }
}
