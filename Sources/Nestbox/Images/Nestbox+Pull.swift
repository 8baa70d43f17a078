// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore

extension Nestbox {
    /// Finds the image that a container is to be made from, and fetches it as the policy says.
    ///
    /// - Parameters:
    ///   - text: A name or an identifier; what is only an identifier is never fetched.
    ///   - policy: When to fetch it.
    ///   - platform: Which image to take where the name stands for several.
    ///   - progress: Hears about each layer.
    /// - Returns: The image.
    /// - Throws: ``NestboxError``: `imageNotFound` if there is none and it is not to be fetched, or the engine has
    ///   nothing to fetch it with; `pull` if it can't be fetched; `image` if it is there and can't be used.
    @discardableResult
    public func provideImage(
        _ text: String,
        policy: PullPolicy = .missing,
        platform: Platform = .current,
        progress: ProgressHandler? = nil
    ) async throws -> Image {
        guard PullPolicy.all.contains(policy) else {
            let known = PullPolicy.all.map(\.rawValue).joined(separator: ", ")
            throw NestboxError(
                .invalidSpecification,
                "there is no pull policy '\(policy.rawValue)'; there are: \(known)"
            )
        }
        let found = try findImage(text, platform: platform)
        if let found, policy != .always || found.reference == nil { return found }
        guard policy != .never, let puller else {
            throw NestboxError.missingImage(text)
        }
        do {
            return try await puller.pull(ImageReference(text), into: images, platform: platform, progress: progress)
        } catch let error as CancellationError {
            throw error
        } catch let error as ImageStoreError where error.code == .invalidReference {
            throw NestboxError(.invalidSpecification, "no such image: \(text)", cause: error)
        } catch {
            throw NestboxError(.pull, "image '\(text)' can't be pulled", cause: error)
        }
    }

    private func findImage(_ text: String, platform: Platform) throws -> Image? {
        do {
            return try images.image(text, platform: platform)
        } catch let error as ImageStoreError where Self.isAbsence(error.code) {
            return nil
        } catch {
            throw NestboxError(error, "image '\(text)' can't be used")
        }
    }

    /// An image that was fetched for another platform only counts as absent.
    private static func isAbsence(_ code: ImageStoreError.Code) -> Bool {
        [.imageNotFound, .contentNotFound, .noMatchingPlatform, .invalidReference].contains(code)
    }
}
