// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import Nestbox
import SystemPackage
import Testing

@Suite("Filters for images", .enabled(if: Machine.isRoot, "needs root: it unpacks layers"))
struct ImageFilterTests {
    private static let now = Moment("2026-11-26T12:00:00Z") ?? Moment(nanoseconds: 0)

    @Test(
        "an image passes if it is all that is asked for",
        arguments: [
            ([], true), (["dangling=false"], true), (["dangling=true"], false), (["label=stage"], true),
            (["label=stage=test"], true), (["label=stage=other"], false), (["label=stage", "label=none"], false),
            (["reference=team/app"], true), (["reference=team/app:1"], true), (["reference=team/*"], true),
            (["reference=*"], false), (["reference=*/app:2"], false), (["reference=none", "reference=team/app"], true),
            (["reference=docker.io/team/*"], true), (["until=1h"], true), (["until=3h"], false),
            (["until=2h30m"], false),
            (["until=1h30m"], true), (["until=2026-11-26T11:00:00Z"], true), (["until=2026-11-26T09:00:00Z"], false),
        ] as [([String], Bool)]
    )
    func matches(texts: [String], passes: Bool) async throws {
        let directory = try TemporaryDirectory()
        let archive = try TestArchive()
        defer { withExtendedLifetime((directory, archive)) {} }
        var defaults = ImageConfiguration.Defaults()
        defaults.labels = ["stage": "test"]
        let image = try await ImageStore(root: directory.path.appending("store")).importRootFilesystem(
            archive: archive.path,
            as: ImageReference("team/app:1"),
            configuration: defaults,
            created: "2026-11-26T10:00:00Z"
        )
        #expect(try ImageFilter(texts, now: Self.now).matches(image) == passes)
    }

    @Test("an image that a filter names is looked for in the store, and refused where there is none")
    func named() async throws {
        let directory = try TemporaryDirectory()
        let archive = try TestArchive()
        defer { withExtendedLifetime((directory, archive)) {} }
        let store = try ImageStore(root: directory.path.appending("store"))
        for (name, hour) in [("old", 10), ("new", 11)] {
            try await store.importRootFilesystem(
                archive: archive.path,
                as: ImageReference(name),
                created: "2026-11-26T\(hour):00:00Z"
            )
        }
        func found(_ text: String) throws -> [String?] {
            try store.images().filter(ImageFilter([text], in: store).matches).map { $0.reference?.familiar }
        }
        #expect(try found("before=new") == ["old:latest"])
        #expect(try found("since=old") == ["new:latest"])
        #expect(try found("since=new") == [])
        let error = #expect(throws: NestboxError.self) { try found("since=nosuch") }
        #expect(error?.code == .imageNotFound)
        #expect(throws: NestboxError.self) { try ImageFilter(["since=old"]) }
    }

    @Test(
        "what is no filter is refused",
        arguments: ["", "dangling", "dangling=maybe", "until=soon", "until=", "size=1"]
    )
    func refused(text: String) {
        let error = #expect(throws: NestboxError.self) { try ImageFilter([text]) }
        #expect(error?.code == .invalidSpecification)
    }
}
