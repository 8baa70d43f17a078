// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The streams of a connection by their numbers.
///
/// The one that was asked for last is found at once: what the library tells of a stream comes in several calls.
final class StreamTable<Stream: AnyObject> {
    private var streams: [Int32: Stream] = [:]
    private var lastNumber: Int32 = 0
    private var last: Stream?

    var isEmpty: Bool { streams.isEmpty }

    var count: Int { streams.count }

    /// All of them, as they are now.
    var all: Dictionary<Int32, Stream>.Values { streams.values }

    subscript(number: Int32) -> Stream? {
        get {
            if number == lastNumber { return last }
            let found = streams[number]
            remember(found, as: number)
            return found
        }
        set {
            streams[number] = newValue
            remember(newValue, as: number)
        }
    }

    /// Takes a stream out.
    func remove(_ number: Int32) -> Stream? {
        let removed = streams.removeValue(forKey: number)
        remember(nil, as: number)
        return removed
    }

    func removeAll() {
        streams = [:]
        remember(nil, as: 0)
    }

    private func remember(_ stream: Stream?, as number: Int32) {
        lastNumber = number
        last = stream
    }
}
