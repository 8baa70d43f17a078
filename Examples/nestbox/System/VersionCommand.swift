// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import Nestbox

/// The command `version`.
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version.",
        discussion: """
            Example:
              nestbox version
            """
    )

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let version = NestboxCommand.configuration.version
        let kernel = SystemFacts.kernel
        if format == .json {
            try JSONOutput.lines([
                ["Version": version, "Kernel": kernel, "Arch": SystemFacts.architecture, "Os": "linux"]
            ])
        } else {
            var table = Table("VERSION", version)
            table.add("KERNEL", kernel)
            table.add("OS/ARCH", "linux/\(SystemFacts.architecture)")
            table.show()
        }
    }
}

/// What the kernel says about itself.
enum SystemFacts {
    static var kernel: String { field(\.release) }
    static var architecture: String { field(\.machine) }
    static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
    static var memory: Int64 { Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE))) }

    private static func field<Value>(_ path: KeyPath<utsname, Value>) -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        return withUnsafeBytes(of: names[keyPath: path]) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
