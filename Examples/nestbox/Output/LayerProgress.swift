// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import Synchronization

/// Layers on their way: on a terminal a line with a bar for each, elsewhere a line when one is done.
final class LayerProgress: Sendable {
    private struct State {
        var items: [ImageProgress] = []
        var shownLines = 0
        var lastShown: ContinuousClock.Instant?
    }

    private let isLive = isatty(1) != 0
    private let verb: String
    private let done: String
    private let present: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - verb: What happens to a layer, as `Downloading`.
    ///   - done: What is said of one that is done.
    ///   - present: What is said of one that was there already.
    init(_ verb: String, done: String, present: String) {
        self.verb = verb
        self.done = done
        self.present = present
    }

    /// What a pull or a push calls.
    var handler: ProgressHandler {
        { [self] progress in state.withLock { take(progress, &$0) } }
    }

    /// Shows how it ended.
    func finish() {
        state.withLock { if isLive { show(&$0) } }
    }

    private func take(_ progress: ImageProgress, _ state: inout State) {
        let isDone = progress.completed >= progress.total ?? .max
        if let position = state.items.firstIndex(where: { $0.item == progress.item }) {
            let old = state.items[position]
            guard old.completed < old.total ?? .max else { return }
            state.items[position] = progress
        } else {
            state.items.append(progress)
        }
        if !isLive {
            if isDone { Self.write("\(end(of: progress))\n") }
        } else if isDone || state.lastShown.map({ ContinuousClock.now - $0 > .milliseconds(80) }) ?? true {
            show(&state)
        }
    }

    private func show(_ state: inout State) {
        var text = state.shownLines > 0 ? "\u{1B}[\(state.shownLines)A" : ""
        for item in state.items { text += "\r\u{1B}[K\(line(item))\n" }
        Self.write(text)
        state.shownLines = state.items.count
        state.lastShown = .now
    }

    private func line(_ progress: ImageProgress) -> String {
        guard let total = progress.total, progress.completed < total else { return end(of: progress) }
        let width = 40
        let filled = Int(Double(progress.completed) / Double(max(1, total)) * Double(width))
        let bar = String(repeating: "=", count: filled) + ">" + String(repeating: " ", count: width - filled)
        let amount = "\(ByteText.text(progress.completed))/\(ByteText.text(total))"
        return "\(Self.name(progress)): \(verb) [\(bar)] \(amount)"
    }

    private func end(of progress: ImageProgress) -> String {
        "\(Self.name(progress)): \(progress.wasPresent ? present : done)"
    }

    /// Layers are named by digests, of which twelve digits tell them apart.
    private static func name(_ progress: ImageProgress) -> String {
        (try? Digest(progress.item))?.short ?? progress.item
    }

    private static func write(_ text: String) {
        // In order with what else is printed, and at once.
        print(text, terminator: "")
        fflush(nil)
    }
}
