// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Runs a program of the host.
enum Shell {
    struct Failure: Error {
        var arguments: [String]
        var status: CInt
    }

    @discardableResult
    static func run(_ arguments: [String]) throws -> CInt {
        var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        vector.append(nil)
        defer { for pointer in vector { free(pointer) } }
        var pid = pid_t()
        let result = posix_spawnp(&pid, arguments[0], nil, nil, vector, environ)
        guard result == 0 else { throw Failure(arguments: arguments, status: result) }
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        if status != 0 { throw Failure(arguments: arguments, status: status) }
        return status
    }
}
