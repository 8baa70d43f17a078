// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Nestbox
import Synchronization

/// Keeps what a container writes to its standard output.
final class OutputCollector: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    @Sendable func take(_ stream: OutputStream, _ chunk: [UInt8]) async {
        if stream == .standardOutput { bytes.withLock { $0 += chunk } }
    }
}
