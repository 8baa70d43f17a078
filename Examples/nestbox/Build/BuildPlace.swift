// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageBuilder
import SystemPackage

/// Where a build's files and its Dockerfile are, as the command line says.
struct BuildPlace {
    let context: BuildContext
    let dockerfile: DockerfileSource

    /// Fetches repositories; the user's own word is enough for those on this machine.
    static var repositories: GitProgram {
        GitProgram(
            allowsLocalRepositories: true,
            agent: getenv("SSH_AUTH_SOCK").map { BuildAgent(socket: FilePath(String(cString: $0))) }
        )
    }

    /// - Parameters:
    ///   - place: A directory, an address, or `-` for standard input.
    ///   - file: The Dockerfile; in what is fetched or unpacked it is a file of the context.
    /// - Throws: `ImageBuilderError` if an address can't be used, and what reading standard input throws.
    init(_ place: String, file: String?) throws {
        context = place == "-" ? .stream("/dev/stdin") : try Self.context(place)
        guard let file else {
            dockerfile = .named("Dockerfile")
            return
        }
        if file == "-" {
            dockerfile = .text(try Self.standardInput(), name: "Dockerfile")
        } else {
            dockerfile = Self.isDirectory(place) ? .file(HostPath.absolute(file)) : .named(file)
        }
    }

    /// A context that is not standard input.
    static func context(_ text: String) throws -> BuildContext {
        isDirectory(text) ? .directory(HostPath.absolute(text)) : try BuildContext(text)
    }

    /// Whatever is there goes before an address that it could be taken for.
    private static func isDirectory(_ text: String) -> Bool {
        guard text != "-" else { return false }
        return access(text, F_OK) == 0 || (!GitSource.isAddress(text) && !text.contains("://"))
    }

    private static func standardInput() throws -> String {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try FileDescriptor.standardInput.read(into: buffer), count > 0 {
            bytes.append(contentsOf: buffer[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
