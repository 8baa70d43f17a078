// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

/// What a container said and how it ended.
struct Finished {
    var status: TerminationStatus
    var output: String
    var error: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

extension ContainerRuntime {
    /// Runs a container to its end.
    func finish(_ configuration: ContainerConfiguration) async throws -> Finished {
        try await withContainer(configuration) { container in
            async let output = container.standardOutput.collect(upTo: 16 << 20)
            async let error = container.standardError.collect(upTo: 16 << 20)
            let (out, err) = try await (output, error)
            return Finished(
                status: try await container.wait(),
                output: String(decoding: out, as: UTF8.self),
                error: String(decoding: err, as: UTF8.self)
            )
        }
    }
}
