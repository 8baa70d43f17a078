// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials
internal import SystemPackage

/// Events, from some moment on, as they come.
public struct EventReader: AsyncSequence, Sendable {
    /// An event.
    public typealias Element = Event

    let path: FilePath
    let filter: EventFilter
    let since: Moment?
    let until: Moment?

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(path: path, filter: filter, since: since, until: until)
    }

    /// Reads the events.
    public struct Iterator: AsyncIteratorProtocol {
        private let path: FilePath
        private let filter: EventFilter
        private let since: Moment
        private let until: Moment?
        private var files: LogFiles?

        init(path: FilePath, filter: EventFilter, since: Moment?, until: Moment?) {
            self.path = path
            self.filter = filter
            self.since = since ?? .now()
            self.until = until
        }

        /// The next event; waits for it unless there is an end that has passed.
        ///
        /// - Throws: ``NestboxError`` if the file can't be read, or `CancellationError`.
        public mutating func next() async throws -> Event? {
            while true {
                let isOver = until.map { $0 < .now() } ?? false
                if files == nil, FileVersion(path) != nil { files = try LogFiles(path, tail: nil) }
                if let line = try files?.nextLine() {
                    guard let event = try? JSONDecoder().decode(Event.self, from: Data(line)) else { continue }
                    if event.time < since { continue }
                    if let until, until < event.time { return nil }
                    if !filter.matches(event) { continue }
                    return event
                }
                if isOver { return nil }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}

extension Nestbox {
    /// What happens to containers and services, whichever process they belong to.
    ///
    /// - Parameters:
    ///   - filter: Which events are meant; all where nothing is said.
    ///   - since: Where to begin; at this moment where `nil`.
    ///   - until: Where to end; not at all where `nil`.
    /// - Returns: The events, to be iterated over.
    public func events(_ filter: EventFilter = EventFilter(), since: Moment? = nil, until: Moment? = nil) -> EventReader
    {
        EventReader(path: layout.events, filter: filter, since: since ?? .now(), until: until)
    }
}
