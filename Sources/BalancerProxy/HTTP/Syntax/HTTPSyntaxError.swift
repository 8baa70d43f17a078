// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Why a message is refused; each reason is one that attackers have used, or a limit.
enum HTTPSyntaxError: Error, Hashable {
    case bareLineFeed
    case malformedRequestLine
    case malformedStatusLine
    case unsupportedVersion
    case methodRefused
    case malformedTarget
    case targetTooLong
    case headTooLarge
    case tooManyFields
    case foldedLine
    case malformedFieldName
    case spaceBeforeColon
    case malformedFieldValue
    case missingHost
    case duplicateHost
    case malformedHost
    case authorityMismatch
    case malformedContentLength
    case duplicateContentLength
    case malformedTransferEncoding
    case unknownTransferEncoding
    case lengthAndTransferEncoding
    case expectationFailed
    case malformedChunk
    case chunkTooLarge
    case bodyTooLarge

    /// The status that a client is answered with.
    var status: Int {
        switch self {
        case .unsupportedVersion: 505
        case .methodRefused: 405
        case .targetTooLong: 414
        case .headTooLarge, .tooManyFields: 431
        case .unknownTransferEncoding: 501
        case .expectationFailed: 417
        case .bodyTooLarge: 413
        default: 400
        }
    }
}
