// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import ContainerKit
internal import Glibc
package import SystemPackage

/// What is written down of one container, in a folder of its own.
package struct ContainerFolder: Sendable {
    package let identifier: String
    package let path: FilePath

    package init(_ identifier: String, root: FilePath) throws(OCIError) {
        let first = identifier.utf8.first ?? 0
        let isValid =
            !identifier.isEmpty && identifier.utf8.count <= 1024 && identifier != "." && identifier != ".."
            && identifier.utf8.allSatisfy(Self.isAllowed)
        guard isValid, first != UInt8(ascii: "-") else {
            throw OCIError(
                "container id '\(identifier)' is invalid: letters, digits, '_', '+', '-' and '.' are allowed"
            )
        }
        self.identifier = identifier
        path = root.appending(identifier)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    package var files: LaunchFiles { LaunchFiles(directory: path) }
    package var configurationPath: FilePath { path.appending("config.json") }
    private var recordPath: FilePath { path.appending("state.json") }

    /// Makes the folder.
    ///
    /// - Throws: ``OCIError`` if there is such a container.
    package func make() throws(OCIError) {
        var parent = FilePath("/")
        for component in path.removingLastComponent().components {
            parent.append(component)
            mkdir(parent.string, 0o711)
        }
        guard mkdir(path.string, 0o700) == 0 else {
            if errno == EEXIST { throw OCIError("container with id '\(identifier)' exists already: it already exists") }
            throw OCIError("\(path) can't be made: \(Errno(rawValue: errno))")
        }
    }

    /// Removes the folder with what is in it.
    package func remove() {
        files.forget()
        for name in ["config.json", "state.json", "state.json.new", "config.json.new"] {
            unlink(path.appending(name).string)
        }
        rmdir(path.string)
    }

    package func write(_ record: ContainerState) throws {
        try StateFile.write(record.json.description.utf8, to: recordPath)
    }

    package func read() throws -> ContainerState {
        guard access(path.string, F_OK) == 0 else {
            throw OCIError("container '\(identifier)' does not exist")
        }
        do {
            return try ContainerState(JSONObject(JSONParser.parse(StateFile.read(recordPath)), path: "state"))
        } catch let failure as JSONParser.Failure {
            throw OCIError("\(recordPath) is damaged: \(failure)")
        }
    }

    /// The folders of all containers.
    package static func all(in root: FilePath) -> [ContainerFolder] {
        guard let directory = opendir(root.string) else { return [] }
        defer { closedir(directory) }
        var folders: [ContainerFolder] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix("."), let folder = try? ContainerFolder(name, root: root) else { continue }
            if access(folder.recordPath.string, F_OK) == 0 { folders.append(folder) }
        }
        return folders.sorted { $0.identifier < $1.identifier }
    }
}
