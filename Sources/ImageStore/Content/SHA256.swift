// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import COpenSSL

/// The SHA-256 of bytes that come in parts (FIPS 180-4), by OpenSSL, which uses what the processor has for it.
package final class SHA256 {
    /// The algorithm, which nothing changes.
    ///
    /// It is looked up once: OpenSSL 3 would look it up for every hash.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    private let context: OpaquePointer

    /// Begins a hash.
    package init() {
        // It fails without memory, or where OpenSSL is configured to have no SHA-256; content could not be named then.
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, Self.algorithm, nil) == 1 else {
            fatalError("OpenSSL has no SHA-256")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// Adds bytes.
    package func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Ends the hash.
    ///
    /// - Returns: Its 32 bytes.
    package func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            count = 32
        }
    }

    /// The hash of some bytes.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        let hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}
