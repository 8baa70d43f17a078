// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Gathers what a message's headers say of framing and connection, and refuses what two readers could take differently.
struct FramingFields {
    private(set) var traits: MessageTraits = []
    private(set) var length: UInt64?
    private(set) var isChunked = false
    private(set) var hostIndex: Int?
    private var wantsUpgrade = false
    private var hasUpgrade = false
    private var namesOthers = false

    /// Looks at every field of a message.
    mutating func read(_ message: MessageView) throws(HTTPSyntaxError) {
        for index in 0..<message.count {
            try read(message.fields[index].kind, at: index, of: message)
        }
        if namesOthers { markNamed(message) }
        if wantsUpgrade, hasUpgrade { traits.insert(.upgrade) }
        if length != nil, isChunked { throw .lengthAndTransferEncoding }
    }

    private mutating func read(
        _ kind: FieldKind,
        at index: Int,
        of message: MessageView
    ) throws(HTTPSyntaxError) {
        switch kind {
        case .other, .cookie: break
        case .contentLength: try readLength(message.value(index))
        case .transferEncoding: try readCoding(message.value(index))
        case .host:
            guard hostIndex == nil else { throw .duplicateHost }
            hostIndex = index
        case .connection: readConnection(message.value(index))
        case .upgrade:
            // HTTP/2 is agreed on by TLS or from the first byte, never in a request that an endpoint might take up.
            if !message.value(index).matches("h2c"), !message.value(index).isEmpty { hasUpgrade = true }
        case .expect:
            guard message.value(index).matches("100-continue") else { throw .expectationFailed }
            traits.insert(.expectsContinue)
        case .te:
            message.value(index).forEachElement { if $0.matches("trailers") { traits.insert(.takesTrailers) } }
        case .loadReport: traits.insert(.hasLoadReport)
        case .via: traits.insert(.hasVia)
        default: break
        }
    }

    private mutating func readLength(_ value: UnsafeRawBufferPointer) throws(HTTPSyntaxError) {
        guard length == nil else { throw .duplicateContentLength }
        guard let number = ASCII.decimal(value) else { throw .malformedContentLength }
        length = number
    }

    private mutating func readCoding(_ value: UnsafeRawBufferPointer) throws(HTTPSyntaxError) {
        guard !isChunked else { throw .malformedTransferEncoding }
        guard value.matches("chunked") else {
            let isList = value.allSatisfy { ASCII.isToken($0) || $0 == UInt8(ascii: ",") || ASCII.isBlank($0) }
            throw isList && !value.isEmpty ? .unknownTransferEncoding : .malformedTransferEncoding
        }
        isChunked = true
    }

    private mutating func readConnection(_ value: UnsafeRawBufferPointer) {
        value.forEachElement { element in
            if element.matches("close") {
                traits.insert(.close)
            } else if element.matches("keep-alive") {
                traits.insert(.keepAlive)
            } else if element.matches("upgrade") {
                wantsUpgrade = true
            } else {
                namesOthers = true
            }
        }
    }

    /// Marks the fields that `Connection` names as of this hop.
    private func markNamed(_ message: MessageView) {
        for index in 0..<message.count where message.fields[index].kind == .connection {
            message.value(index).forEachElement { element in
                for other in 0..<message.count where message.name(other).matches(element) {
                    if !message.fields[other].kind.isProtected { message.fields[other].kind = .hopByHop }
                }
            }
        }
    }
}
