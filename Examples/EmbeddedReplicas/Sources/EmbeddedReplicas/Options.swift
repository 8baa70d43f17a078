// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// What the command line says.
struct Options {
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// Where the page is served, on 127.0.0.1.
    var port = 8080
    /// Where the image and the containers are kept.
    var root: FilePath = "/var/tmp/nestbox-embedded-replicas"

    init(_ arguments: some Sequence<String>) throws {
        var arguments = Array(arguments)[...]
        while let name = arguments.popFirst() {
            switch (name, arguments.popFirst()) {
            case ("--port", let value?):
                guard let port = UInt16(value), port > 0 else { throw Failure("'\(value)' is no port") }
                self.port = Int(port)
            case ("--root", let value?): root = FilePath(value)
            default: throw Failure("usage: EmbeddedReplicas [--port PORT] [--root DIRECTORY]")
            }
        }
    }
}
