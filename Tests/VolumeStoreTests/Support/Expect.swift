// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing
import VolumeStore

/// Expects `body` to fail with the given code, and returns the error for a closer look.
@discardableResult
func expectFailure(
    _ code: VolumeError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> VolumeError? {
    do {
        try await body()
        Issue.record("should have failed with '\(code)'", sourceLocation: sourceLocation)
    } catch let error as VolumeError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("failed with another error: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}
