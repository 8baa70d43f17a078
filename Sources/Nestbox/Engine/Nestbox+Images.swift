// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore

extension Nestbox {
    /// Takes the name off an image, and removes it if that was its last.
    ///
    /// - Parameter text: A name or an identifier.
    /// - Returns: The image, and what was freed.
    /// - Throws: ``NestboxError``: `imageNotFound`; `imageInUse` if a container was made from it.
    @discardableResult
    public func removeImage(_ text: String) async throws -> (image: Image, removed: RemovedContent) {
        do {
            let image = try images.image(text)
            let identifier = "\(image.id)"
            let others = try images.images().filter { $0.id == image.id }.count
            if others < 2, let user = try containers().first(where: { $0.imageIdentifier == identifier }) {
                throw NestboxError(
                    .imageInUse,
                    "image '\(text)' can't be removed: container '\(user.name)' was made from it"
                )
            }
            return (image, try await images.remove(image))
        } catch {
            throw NestboxError(error, "image '\(text)' can't be removed")
        }
    }
}
