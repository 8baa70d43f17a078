// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ImageStoreError {
    /// A kind of failure.
    ///
    /// New kinds may be added in minor releases.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The kind's stable name.
        public let description: String

        /// A string that is no image reference.
        public static let invalidReference = Code(description: "invalidReference")
        /// A string that is no digest, or one of an algorithm the store does not know.
        public static let invalidDigest = Code(description: "invalidDigest")
        /// Content whose bytes do not have the digest or size they were announced with.
        public static let digestMismatch = Code(description: "digestMismatch")
        /// A manifest, index, configuration or layout that breaks the OCI image specification.
        public static let invalidContent = Code(description: "invalidContent")
        /// A file that is no archive, is cut short, or uses a feature that is not supported.
        public static let invalidArchive = Code(description: "invalidArchive")
        /// An archive that tries to write outside its root or to confuse who reads it.
        public static let hostileArchive = Code(description: "hostileArchive")
        /// An archive or document larger than the limits allow.
        public static let limitExceeded = Code(description: "limitExceeded")
        /// No image has this reference or digest.
        public static let imageNotFound = Code(description: "imageNotFound")
        /// Content that a manifest names is not in the store.
        public static let contentNotFound = Code(description: "contentNotFound")
        /// An index offers no image for the wanted platform.
        public static let noMatchingPlatform = Code(description: "noMatchingPlatform")
        /// What is to be removed is still used.
        public static let inUse = Code(description: "inUse")
        /// The directory is no image store, or one of a newer version.
        public static let invalidStore = Code(description: "invalidStore")
        /// A system call failed.
        public static let system = Code(description: "system")
    }
}
