// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import Nestbox
import Synchronization
import SystemPackage
import Testing

@Suite("Fetching images", .runsContainers)
struct ImagePullerTests {
    /// Has one image, and counts how often it is asked for.
    private final class CountingPuller: ImagePuller {
        struct Refusal: Error {}

        private let archive: FilePath?
        private let asked = Mutex<[String]>([])

        init(_ archive: FilePath?) {
            self.archive = archive
        }

        var requests: [String] { asked.withLock { $0 } }

        func pull(
            _ reference: ImageReference,
            into store: ImageStore,
            platform: Platform,
            progress: ProgressHandler?
        ) async throws -> Image {
            asked.withLock { $0.append(reference.familiar) }
            guard let archive else { throw Refusal() }
            return try await store.importRootFilesystem(
                archive: archive,
                as: reference,
                created: "2026-01-01T00:00:00Z"
            )
        }
    }

    @Test("the engine asks for an image that it lacks, and for one that it has only if it is told to")
    func policies() async throws {
        let directory = try TemporaryDirectory()
        let archive = try TestArchive()
        defer { withExtendedLifetime((directory, archive)) {} }
        let puller = CountingPuller(archive.path)
        let nestbox = try await Nestbox(root: directory.path.appending("root"), puller: puller)

        let never = await #expect(throws: NestboxError.self) {
            try await nestbox.finish("true") { $0.pullPolicy = .never }
        }
        #expect(never?.code == .imageNotFound)
        #expect(puller.requests.isEmpty)
        #expect(try await nestbox.finish("echo ran").output == "ran\n")
        #expect(puller.requests == ["box"])
        _ = try await nestbox.finish("true")
        #expect(puller.requests == ["box"])
        _ = try await nestbox.finish("true") { $0.pullPolicy = .always }
        #expect(puller.requests == ["box", "box"])
        let identifier = try "\(nestbox.images.image("box").id)"
        _ = try await nestbox.finish("true") { $0.image = identifier }
        #expect(puller.requests.count == 2)
        try await nestbox.close()
    }

    @Test("without a puller, and with one that fails, the error says so and nothing is left")
    func failures() async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let root = directory.path.appending("root")
        let alone = try await Nestbox(root: root)
        let missing = await #expect(throws: NestboxError.self) { try await alone.finish("true") }
        #expect(missing?.code == .imageNotFound)
        let failing = try await Nestbox(root: root, puller: CountingPuller(nil))
        let failed = await #expect(throws: NestboxError.self) { try await failing.finish("true") }
        #expect(failed?.code == .pull)
        #expect(failed?.cause is CountingPuller.Refusal)
        let odd = await #expect(throws: NestboxError.self) { try await failing.provideImage("Not A Name") }
        #expect(odd?.code == .invalidSpecification)
        #expect(try failing.containers().isEmpty)
    }
}
