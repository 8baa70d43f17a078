// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The command `history`.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show how an image was made, the last step first.",
        discussion: """
            Example:
              nestbox history --no-trunc debian
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Print identifiers only.")
    var quiet = false

    @Flag(name: .customLong("no-trunc"), help: "Print everything in full.")
    var isWhole = false

    @Option(name: [.customShort("H"), .long], help: "Whether sizes and times are for people: true or false.")
    var human = true

    @Option(help: "table or json.")
    var format = ListFormat.table

    @Argument(help: "The image, by name or identifier.")
    var image: String

    func run() async throws {
        let image = try await engine.open().images.image(self.image)
        let steps = image.history.reversed().enumerated().map { index, step in
            HistoryLine(
                step.step,
                size: step.size,
                id: index == 0 ? image.id : nil,
                isWhole: isWhole,
                isForPeople: human
            )
        }
        if quiet {
            for step in steps { print(step.ID) }
        } else if format == .json {
            try JSONOutput.lines(steps)
        } else {
            var table = Table("IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT")
            for step in steps {
                let created = human ? step.CreatedSince : step.CreatedAt
                table.add(step.ID, created, step.CreatedBy, step.Size, step.Comment)
            }
            table.show()
        }
    }
}

/// A step of an image's history, with Docker's names for the members.
struct HistoryLine: Encodable {
    let ID: String
    let CreatedAt: String
    let CreatedSince: String
    let CreatedBy: String
    let Size: String
    let Comment: String

    init(_ step: ImageConfiguration.History, size: Int64, id: Digest?, isWhole: Bool, isForPeople: Bool) {
        ID = id.map { isWhole ? "\($0)" : $0.short } ?? "<missing>"
        CreatedAt = step.created ?? ""
        CreatedSince = step.created.flatMap { Moment($0) }.map { Age.ago($0) } ?? "N/A"
        let command = (step.createdBy ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
        CreatedBy = isWhole || command.count <= 45 ? command : command.prefix(44) + "…"
        Size = isForPeople ? ByteText.text(size) : "\(size)"
        Comment = step.comment ?? ""
    }
}
