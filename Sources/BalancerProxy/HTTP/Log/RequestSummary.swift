// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What an access log says of a request, kept only where there is a log.
struct RequestSummary {
    let method: String
    let target: String
    let host: String
    let version: String
    let origin: RequestOrigin

    init(_ head: RequestHead, _ message: MessageView, origin: RequestOrigin, version: String) {
        method = message.bytes[head.method].text
        target = message.bytes[head.target].text
        host = message.bytes[head.authority].text
        self.version = version
        self.origin = origin
    }
}
