// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Hashes what passes from one pipe to the next, on the thread that calls it.
enum StreamHash {
    /// Passes every block on.
    ///
    /// - Returns: The digest of all of them.
    /// - Throws: What ends the first pipe; the same error ends the second.
    static func run(from first: BlockPipe, into second: BlockPipe) throws -> Digest {
        let hash = SHA256()
        do {
            while let block = try first.receive() {
                hash.update(block.filled)
                second.send(block)
            }
            second.end()
        } catch {
            second.end(failure: error)
            throw error
        }
        return Digest(hash.finalize())
    }
}
