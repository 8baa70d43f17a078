// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Runs `body` for every item, at most `limit` at a time; the first error ends the rest.
func concurrently<Item: Sendable>(
    _ items: [Item],
    limit: Int,
    _ body: @escaping @Sendable (Item) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (position, item) in items.enumerated() {
            if position >= max(1, limit) { try await group.next() }
            group.addTask { try await body(item) }
        }
        try await group.waitForAll()
    }
}
