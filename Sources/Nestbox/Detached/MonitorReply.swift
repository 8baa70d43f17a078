// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a monitor answers once it is known whether the container runs.
struct MonitorReply: Sendable, Codable {
    /// The container's identifier, or the service's name.
    var identifier: String?
    /// The code of the error, if it does not run.
    var code: String?
    /// The error in words.
    var message: String?

    init(identifier: String) {
        self.identifier = identifier
    }

    init(_ error: any Error) {
        code = (error as? NestboxError)?.code.description ?? NestboxError.Code.launch.description
        message = "\(error)"
    }

    /// What was started.
    ///
    /// - Throws: ``NestboxError`` as it was thrown in the monitor.
    func get() throws(NestboxError) -> String {
        if let identifier { return identifier }
        throw NestboxError(NestboxError.Code(code ?? "launch"), message ?? "the monitor gave no reason")
    }
}
