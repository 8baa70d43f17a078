// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@Suite("What the command-line tool says of files", .runsTool)
struct FileMessageTests {
    @Test("cp says which file it could not do what with")
    func copying() async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "made", "box")
        let place = tool.directory.path.string
        let missing = "can't be found: No such file or directory\n"
        #expect(
            try await says(tool, "cp", "made:/nosuch", place)
                == "nestbox: 'made:/nosuch' can't be copied to '\(place)': 'nosuch' \(missing)"
        )
        #expect(
            try await says(tool, "cp", "\(place)/nosuch", "made:/")
                == "nestbox: '\(place)/nosuch' can't be copied to 'made:/': 'nosuch' \(missing)"
        )
        #expect(try await says(tool, "cp", "made:/no/such", place).contains("'/no' can't be opened: No such file"))
        #expect(try await says(tool, "cp", place, "made:/no/such/").contains("no such directory: /no/such/"))
    }

    @Test("a file deep in a directory is told by its path")
    func deep() async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "made", "box")
        let place = tool.directory.path
        try Shell.run(["mkdir", "-p", place.appending("one/a").string, place.appending("two/a/f").string])
        try tool.directory.write("x", to: "one/a/f")
        try #require(try await tool.finish("cp", "\(place)/two", "made:/t").status == 0)
        let said = try await says(tool, "cp", "\(place)/one/.", "made:/t")
        #expect(said.hasSuffix("can't be copied to 'made:/t': 'a/f' can't be replaced: Is a directory\n"), "\(said)")
    }

    @Test("an archive that is none is named", arguments: [["load", "-i"], ["import"], ["image", "import"]])
    func archive(verb: [String]) async throws {
        let tool = try Tool()
        try tool.directory.write("garbage", to: "junk.tar")
        let path = tool.directory.path.appending("junk.tar").string
        let finished = try await tool.finish(verb + [path])
        #expect(finished.status == 1)
        #expect(finished.error.contains("the archive '\(path)' can't be used: "), "\(finished.error)")
        let missing = try await tool.finish(verb + ["/nosuch.tar"])
        #expect(missing.status == 1)
        #expect(missing.error.contains("'/nosuch.tar': No such file or directory"), "\(missing.error)")
    }

    @Test("an archive that can't be written is named as it was asked for", arguments: ["save -o", "export -o"])
    func unwritable(verb: String) async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "box", "box")
        let words = verb.split(separator: " ").map(String.init) + ["/nosuch/x.tar", "box"]
        let finished = try await tool.finish(words)
        #expect(finished.status == 1)
        #expect(finished.error.contains("'/nosuch/x.tar': No such file or directory"), "\(finished.error)")
    }

    @Test("a monitor that is started by hand says who starts monitors")
    func monitor() async throws {
        let finished = try await Tool().finish("monitor")
        #expect(finished.output.contains("standard input holds no order for a monitor: 'run -d'"), "\(finished.output)")
        #expect(finished.status == 1)
        #expect(finished.error.hasPrefix("nestbox: standard input holds no order for a monitor: "), "\(finished.error)")
        #expect(!(finished.output + finished.error).contains("DecodingError"))
    }

    private func says(_ tool: Tool, _ words: String...) async throws -> String {
        let finished = try await tool.finish(words)
        #expect(finished.status == 1 && finished.output.isEmpty, "\(words): \(finished.status)")
        return finished.error
    }
}
