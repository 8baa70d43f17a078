// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension VolumeError {
    /// The kind of a ``VolumeError``.
    ///
    /// New kinds may be added in a minor release, so always have a default case.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The stable name of the kind.
        public let rawValue: String

        /// Makes a code of the given name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The stable name of the kind.
        public var description: String { rawValue }
    }
}

extension VolumeError.Code {
    /// The name does not match `[a-zA-Z0-9][a-zA-Z0-9_.-]+` or is too long.
    public static let invalidName = Self(rawValue: "invalid-name")
    /// A driver option is unknown, missing, contradictory or malformed.
    public static let invalidOption = Self(rawValue: "invalid-option")
    /// A label has an empty key or holds a NUL byte.
    public static let invalidLabel = Self(rawValue: "invalid-label")
    /// The plugin that keeps the volume's data does not answer.
    public static let driverUnavailable = Self(rawValue: "driver-unavailable")
    /// The plugin that keeps the volume's data refused, or answered nonsense; see the cause.
    public static let driverFailed = Self(rawValue: "driver-failed")
    /// A filter has an unknown key or a malformed value.
    public static let invalidFilter = Self(rawValue: "invalid-filter")
    /// No driver of that name was given to the store.
    public static let unknownDriver = Self(rawValue: "unknown-driver")
    /// No such volume, snapshot or lease.
    public static let notFound = Self(rawValue: "not-found")
    /// The name is taken, by something that differs from what was asked for.
    public static let alreadyExists = Self(rawValue: "already-exists")
    /// Somebody has the volume mounted.
    public static let inUse = Self(rawValue: "in-use")
    /// The volume has snapshots, which must be removed first.
    public static let hasSnapshots = Self(rawValue: "has-snapshots")
    /// The volume holds data already, and replacing it was not asked for.
    public static let notEmpty = Self(rawValue: "not-empty")
    /// The archive is damaged, or holds a path that leads out of the volume.
    public static let invalidArchive = Self(rawValue: "invalid-archive")
    /// Another process held a lock of the store for too long.
    public static let busy = Self(rawValue: "busy")
    /// The row is there but its directory is not: somebody moved or deleted it from outside.
    public static let dataMissing = Self(rawValue: "data-missing")
    /// The database file is damaged or is no SQLite database.
    public static let corruptDatabase = Self(rawValue: "corrupt-database")
    /// The database was written by a newer version of this library.
    public static let newerSchema = Self(rawValue: "newer-schema")
    /// The database belongs to another program.
    public static let foreignDatabase = Self(rawValue: "foreign-database")
    /// The process may not read or write there, or the filesystem is read-only.
    public static let notWritable = Self(rawValue: "not-writable")
    /// The filesystem, a quota or the volume's own size limit is exhausted.
    public static let noSpace = Self(rawValue: "no-space")
    /// The driver, the filesystem or the kernel can't do this.
    public static let unsupported = Self(rawValue: "unsupported")
    /// A system call failed in a way that has no code of its own; see the cause.
    public static let inputOutput = Self(rawValue: "input-output")
}
