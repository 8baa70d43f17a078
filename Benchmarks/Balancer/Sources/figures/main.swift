// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation

// Makes the tables and figures of Docs/WhichPolicy.md anew from simulations:
//   swift run -c release figures [SECTION...]     all sections if none is named
//   swift run -c release figures --quick …        a tenth of the simulated time, to see that it works

let arguments = CommandLine.arguments.dropFirst()
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..")
    .standardized
let page = Page(root: root, isQuick: arguments.contains("--quick"))
let wanted = arguments.filter { !$0.hasPrefix("-") }
for name in wanted where !Section.all.contains(where: { $0.name == name }) {
    FileHandle.standardError.write(
        Data(
            "figures: there is no section '\(name)'; there are \(Section.all.map(\.name).joined(separator: ", "))\n"
                .utf8
        )
    )
    exit(1)
}
for section in Section.all where wanted.isEmpty || wanted.contains(section.name) {
    let clock = ContinuousClock()
    let start = clock.now
    try await section.make(page)
    print("\(section.name): \(clock.now - start)")
}
