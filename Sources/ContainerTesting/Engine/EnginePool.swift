// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Nestbox
internal import Synchronization
internal import SystemPackage

/// The engines of this process's tests: one for each root, open while a test uses it.
final class EnginePool: Sendable {
    static let shared = EnginePool()

    private struct Opened {
        let nestbox: Nestbox
        var users = 1
    }

    /// Engines are opened and closed, and images provided, one at a time.
    private let turn = Turn()
    private let engines = Mutex<[FilePath: Opened]>([:])

    /// Has an engine open for the duration of a closure.
    ///
    /// - Parameters:
    ///   - engine: Which.
    ///   - image: What is to be there.
    ///   - body: Is given the engine, and the image's name or identifier.
    /// - Throws: `NestboxError` if it can't be opened or closed, why there is no image, or what the closure throws.
    func withEngine(
        _ engine: TestEngine,
        image: TestImage,
        _ body: (Nestbox, String) async throws -> Void
    ) async throws {
        await turn.take()
        let opened: Result<(Nestbox, String), any Error>
        do {
            let nestbox = try await open(engine)
            do {
                opened = .success((nestbox, try await image.provide(in: nestbox)))
            } catch {
                try? await close(engine)
                throw error
            }
        } catch {
            opened = .failure(error)
        }
        await turn.pass()

        let (nestbox, name) = try opened.get()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(nestbox, name))
        } catch {
            result = .failure(error)
        }
        await turn.take()
        let closing: Result<Void, any Error>
        do {
            closing = .success(try await close(engine))
        } catch {
            closing = .failure(error)
        }
        await turn.pass()
        // What went wrong first says more.
        try result.get()
        try closing.get()
    }

    private func open(_ engine: TestEngine) async throws -> Nestbox {
        let present = engines.withLock { engines in
            engines[engine.root]?.users += 1
            return engines[engine.root]?.nestbox
        }
        if let present { return present }
        let nestbox = try await Nestbox(root: engine.root, puller: engine.puller)
        engines.withLock { $0[engine.root] = Opened(nestbox: nestbox) }
        return nestbox
    }

    private func close(_ engine: TestEngine) async throws {
        let unused: Nestbox? = engines.withLock { engines in
            guard var opened = engines[engine.root] else { return nil }
            opened.users -= 1
            engines[engine.root] = opened.users == 0 ? nil : opened
            return opened.users == 0 ? opened.nestbox : nil
        }
        try await unused?.close()
    }
}
