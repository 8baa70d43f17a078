// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import COpenSSL

/// A version of TLS.
public struct TLSVersion: Hashable, Sendable {
    let number: CInt

    /// TLS 1.2, RFC 5246.
    public static let v1_2 = TLSVersion(number: CInt(TLS1_2_VERSION))
    /// TLS 1.3, RFC 8446.
    public static let v1_3 = TLSVersion(number: CInt(TLS1_3_VERSION))
}
