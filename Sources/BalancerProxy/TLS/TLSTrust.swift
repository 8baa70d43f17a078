// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Whose certificates are believed.
public struct TLSTrust: Hashable, Sendable {
    enum Kind: Hashable {
        case system
        case file(String)
        case none
    }

    let kind: Kind

    /// Those that the system trusts.
    public static let system = TLSTrust(kind: .system)

    /// Those that were issued by a certificate of a PEM file.
    ///
    /// - Parameter path: The file's path.
    /// - Returns: The trust.
    public static func certificates(in path: String) -> TLSTrust { TLSTrust(kind: .file(path)) }

    /// Anyone's: the connection is encrypted, but the other side may be anyone.
    public static let anyone = TLSTrust(kind: .none)
}
