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

    /// The names in a directory.
    static func entries(_ path: String) throws -> [String] {
        guard let directory = opendir(path) else { throw Failure(arguments: ["opendir", path], status: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The directories in a directory.
    static func directories(_ path: String) throws -> [String] {
        try entries(path).filter { name in
            var status = stat()
            return stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        }
    }
}
