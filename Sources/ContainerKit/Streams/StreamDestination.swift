// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Where a program's output goes.
public struct StreamDestination: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case null
        case inherited
        case stream
        case descriptor(FileDescriptor)
    }

    package var kind: Kind

    /// Nowhere.
    public static let null = StreamDestination(kind: .null)

    /// Where the host application's own output goes.
    public static let inherited = StreamDestination(kind: .inherited)

    /// To whoever reads ``Container/standardOutput`` or ``Container/standardError``; the program waits for the reader.
    public static let stream = StreamDestination(kind: .stream)

    /// A descriptor of the host application, which stays open there.
    ///
    /// - Parameter descriptor: Duplicated when the container is created.
    /// - Returns: The choice.
    public static func descriptor(_ descriptor: FileDescriptor) -> StreamDestination {
        StreamDestination(kind: .descriptor(descriptor))
    }
}
