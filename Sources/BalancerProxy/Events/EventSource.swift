// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Something that an event loop calls when one of its descriptors is ready or its time has come.
///
/// All calls come from the loop's own thread.
protocol EventSource: AnyObject {
    /// A descriptor is ready.
    ///
    /// - Parameters:
    ///   - events: What it is ready for.
    ///   - channel: Which of the source's descriptors it is.
    func ready(_ events: ReadyEvents, channel: UInt8)

    /// The source asked to be called again after the others had their turn.
    func resume()

    /// The source's deadline has passed; it has none from now on.
    func deadlinePassed()
}

extension EventSource {
    func resume() {}

    func deadlinePassed() {}
}
