// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import ImageBuilder
import ImageStore
import SystemPackage

/// Reads the values of `build`'s flags that have parts: `id=x,src=y`.
enum BuildFlagText {
    static func secret(_ text: String) throws -> (id: String, secret: BuildSecret) {
        let fields = try fields(text, "--secret")
        guard let id = fields["id"], !id.isEmpty else { throw ValidationError("--secret '\(text)' has no id") }
        let type = fields["type"]
        if let path = fields["src"] ?? fields["source"], type != "env" {
            return (id, try secretFile(path, id: id))
        }
        let variable = fields["env"] ?? fields["src"] ?? fields["source"] ?? id
        if let value = getenv(variable), type != "file" {
            return (id, .bytes(Array(String(cString: value).utf8)))
        }
        guard fields["env"] == nil, type != "env" else {
            throw ValidationError("--secret \(id): there is no variable \(variable)")
        }
        return (id, try secretFile(id, id: id))
    }

    private static func secretFile(_ path: String, id: String) throws -> BuildSecret {
        let file = HostPath.absolute(path)
        guard access(file.string, R_OK) == 0 else {
            throw ValidationError("--secret \(id): '\(path)' can't be read: \(Errno(rawValue: errno))")
        }
        return .file(file)
    }

    static func agent(_ text: String) throws -> (id: String, agent: BuildAgent) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let id = parts.first ?? "default"
        guard let path = parts.dropFirst().first ?? getenv("SSH_AUTH_SOCK").map({ String(cString: $0) }) else {
            throw ValidationError("--ssh \(id): SSH_AUTH_SOCK names no agent")
        }
        let socket = HostPath.absolute(path)
        var status = stat()
        guard stat(socket.string, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
            throw ValidationError("--ssh \(id): '\(path)' is no agent's socket; keys have to be in an agent")
        }
        return (id, BuildAgent(socket: socket))
    }

    static func context(_ text: String) throws -> NamedBuildContext {
        let image = "docker-image://"
        if text.hasPrefix(image) {
            return .image(try ImageReference(String(text.dropFirst(image.count))).taggedByDefault)
        }
        return .context(try BuildPlace.context(text))
    }

    static func host(_ text: String) throws -> BuildHost {
        guard let separator = text.firstIndex(where: { $0 == ":" || $0 == "=" }), separator > text.startIndex else {
            throw ValidationError("--add-host must be of the form name:address, not '\(text)'")
        }
        let address = text[text.index(after: separator)...]
        guard !address.isEmpty, address != "host-gateway" else {
            throw ValidationError("--add-host '\(text)' needs an IP address")
        }
        return BuildHost(name: String(text[..<separator]), address: String(address))
    }

    static func isForStandardOutput(_ text: String) -> Bool {
        text == "-" || (try? fields(text, "--output"))?["dest"] == "-"
    }

    static func addOutput(_ text: String, to options: inout ImageBuilder.Options) throws {
        if text == "-" {
            options.outputs.append(.filesArchive(into: .standardOutput))
            return
        }
        guard text.contains("=") else {
            options.outputs.append(.files(HostPath.absolute(text)))
            return
        }
        let fields = try fields(text, "--output")
        if let name = fields["name"] { options.tags.append(try ImageReference(name)) }
        switch fields["compression"] {
        case "gzip": options.compression = .gzip
        case "zstd": options.compression = .zstd
        case "uncompressed", nil: break
        case let other?:
            throw ValidationError("--output: compression must be uncompressed, gzip or zstd, not '\(other)'")
        }
        if fields["type"] == "image" {
            options.outputs.append(.image)
            return
        }
        guard let place = fields["dest"] else { throw ValidationError("--output '\(text)' has no dest") }
        let path = place == "-" ? nil : HostPath.absolute(place)
        switch (fields["type"], path) {
        case ("oci", let path?), ("docker", let path?): options.outputs.append(.imageArchive(path))
        case ("oci", nil), ("docker", nil): options.outputs.append(.imageArchive(into: .standardOutput))
        case ("tar", let path?): options.outputs.append(.filesArchive(path))
        case ("tar", nil): options.outputs.append(.filesArchive(into: .standardOutput))
        case ("local", let path?): options.outputs.append(.files(path))
        default: throw ValidationError("--output: the type must be image, oci, docker, tar or local in '\(text)'")
        }
    }

    static func fields(_ text: String, _ flag: String) throws -> [String: String] {
        var fields: [String: String] = [:]
        for field in text.split(separator: ",") {
            guard let equals = field.firstIndex(of: "=") else {
                throw ValidationError("\(flag): '\(field)' is not of the form key=value")
            }
            fields[String(field[..<equals])] = String(field[field.index(after: equals)...])
        }
        return fields
    }
}
