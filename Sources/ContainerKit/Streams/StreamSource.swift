// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Where a program's input comes from.
public struct StreamSource: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case null
        case inherited
        case stream
        case descriptor(FileDescriptor)
    }

    package var kind: Kind

    /// Nothing: reading finds the end.
    public static let null = StreamSource(kind: .null)

    /// The host application's own input.
    public static let inherited = StreamSource(kind: .inherited)

    /// What the host application writes to ``Container/standardInput``.
    public static let stream = StreamSource(kind: .stream)

    /// A descriptor of the host application, which stays open there.
    ///
    /// - Parameter descriptor: Duplicated when the container is created.
    /// - Returns: The choice.
    public static func descriptor(_ descriptor: FileDescriptor) -> StreamSource {
        StreamSource(kind: .descriptor(descriptor))
    }
}
