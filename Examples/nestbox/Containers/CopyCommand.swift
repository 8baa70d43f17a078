// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import SystemPackage

/// The command `cp`.
struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp",
        abstract: "Copy files between a container and the host.",
        discussion: """
            A path of a container stands behind its name and a colon. A directory goes into a target that is a directory;
            its content does if the source ends with /. as in web:/srv/.

            Examples:
              nestbox cp web:/etc/nginx/nginx.conf .
              nestbox cp ./site web:/usr/share/nginx/html
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Keep owners.")
    var archive = false

    @Flag(name: [.short, .long], help: "Print nothing but errors.")
    var quiet = false

    @Argument(help: "What is copied: [CONTAINER:]PATH.")
    var source: String

    @Argument(help: "Where it goes: [CONTAINER:]PATH.")
    var target: String

    func run() async throws {
        guard source != "-", target != "-" else {
            throw ValidationError(
                "cp copies no archives of standard input or output; a file of the name - is ./-, and 'export' writes an archive"
            )
        }
        let from = Self.place(source)
        let to = Self.place(target)
        guard from.container != nil || to.container != nil else {
            throw ValidationError("neither of the paths is one of a container, such as web:/srv")
        }
        let leftOut = try await engine.open().copy(from: from, to: to, keepsOwners: archive)
        if !leftOut.isEmpty, !quiet { Failure.report("not copied: \(leftOut.joined(separator: ", "))") }
    }

    /// A path that begins with a slash or a dot is the host's; another is a container's if it has a colon.
    private static func place(_ text: String) -> CopyPlace {
        guard !text.hasPrefix("/"), !text.hasPrefix("."), let colon = text.firstIndex(of: ":"),
            !text[..<colon].contains("/")
        else {
            let end = text.hasSuffix("/") || text.hasSuffix("/.") ? "/." : ""
            let path = HostPath.absolute(text).string
            // Only of a source does it say something; a target that ends so has to be a directory.
            return CopyPlace(end.isEmpty ? path : text.hasSuffix("/.") ? path + end : path + "/")
        }
        return CopyPlace(String(text[text.index(after: colon)...]), in: String(text[..<colon]))
    }
}
