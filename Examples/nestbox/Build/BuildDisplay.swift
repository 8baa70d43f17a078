// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageBuilder
import SystemPackage

/// Shows a build on standard error: line after line, or live, a line for each step that runs with what it wrote last.
actor BuildDisplay {
    private struct Running {
        var start: ContinuousClock.Instant
        var lines: [String] = []
    }

    /// How many lines of a command are shown while it runs.
    private static let tail = 5

    private let style: ProgressStyle
    private let clock = ContinuousClock()
    private var running: [BuildStep: Running] = [:]
    /// How many lines below the last finished step are to be drawn over.
    private var drawn = 0
    private var isOver = false

    init(_ style: ProgressStyle) {
        self.style = style
    }

    /// Shows what happens until it ends.
    func show(_ events: BuildProgress) async {
        guard style == .tty else {
            for await event in events { plain(event) }
            return
        }
        await withTaskGroup(of: Void.self) { tasks in
            // Times go on while nothing happens.
            tasks.addTask {
                while await self.tick() { try? await Task.sleep(for: .milliseconds(100)) }
            }
            for await event in events { live(event) }
            end()
            tasks.cancelAll()
        }
    }

    /// Says what was built.
    func finish(_ result: BuildResult, names: [String]) {
        guard style != .none else { return }
        let cached = result.cachedStepCount > 0 ? ", \(result.cachedStepCount) of \(result.stepCount) steps cached" : ""
        write("built \(result.imageID)\(cached)\n" + names.map { "naming to \($0)\n" }.joined())
    }

    // MARK: Plain

    private func plain(_ event: BuildEvent) {
        guard style != .none else { return }
        guard let step = event.step else { return write("\(event.text)\n\n") }
        switch event.kind {
        case .started: write("#\(step.number) \(step.title)\n")
        case .output: write("#\(step.number) \(event.text)\n")
        case .cached: write("#\(step.number) \(step.title)\n#\(step.number) CACHED\n\n")
        case .finished: write("#\(step.number) DONE \(Self.seconds(event.duration))\n\n")
        case .failed: write("#\(step.number) ERROR: \(event.text)\n\n")
        default: break
        }
    }

    // MARK: Live

    private func live(_ event: BuildEvent) {
        guard let step = event.step else { return redraw(after: "\(event.text)\n\n") }
        switch event.kind {
        case .started:
            running[step] = Running(start: clock.now)
            redraw()
        case .output:
            running[step]?.lines.append(event.text)
            if let count = running[step]?.lines.count, count > 200 { running[step]?.lines.removeFirst(count - 200) }
        case .cached: redraw(after: " => CACHED \(step.title)\n")
        case .finished:
            running[step] = nil
            redraw(after: " => \(step.title)  \(Self.seconds(event.duration))\n")
        case .failed:
            // What the command wrote last mostly says why.
            let lines = running.removeValue(forKey: step)?.lines.suffix(20) ?? []
            redraw(after: " => ERROR \(step.title)\n" + lines.map { "    \($0)\n" }.joined())
        default: break
        }
    }

    private func tick() -> Bool {
        if !isOver { redraw() }
        return !isOver
    }

    private func end() {
        isOver = true
        running = [:]
        redraw()
    }

    /// Draws the running steps again, below what has been said for good.
    private func redraw(after text: String = "") {
        let width = Self.width
        var lines: [String] = []
        for (step, state) in running.sorted(by: { $0.key.number < $1.key.number }) {
            lines.append(" => \(step.title)  \(Self.seconds(state.start.duration(to: clock.now)))")
            lines += state.lines.suffix(Self.tail).map {
                "    \u{1B}[2m\(Self.printable($0).prefix(width - 5))\u{1B}[0m"
            }
        }
        let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        drawn = lines.count
        let body = lines.map { $0.contains("\u{1B}") ? $0 + "\n" : String($0.prefix(width - 1)) + "\n" }.joined()
        write("\u{1B}[?25l\(up)\r\u{1B}[J" + text + body + (isOver ? "\u{1B}[?25h" : ""))
    }

    /// A command's line without what would move the cursor.
    private static func printable(_ line: String) -> String {
        String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
    }

    private static var width: Int {
        var size = winsize()
        return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
    }

    private static func seconds(_ duration: Duration?) -> String {
        let parts = (duration ?? .zero).components
        let tenths = Int(parts.attoseconds / 100_000_000_000_000_000)
        return "\(parts.seconds).\(tenths)s"
    }

    private func write(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
