// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

extension StepRunner {
    /// The files of a stage or image, or where that is nil of the build context, and how they are taken.
    func selector(of origin: StageGraph.Origin?, cancellation: CancellationFlag) async throws -> TreeSelector {
        guard let origin else {
            guard let context = plan.input.context else {
                throw ImageBuilderError(.context, "the build has no context to copy from")
            }
            return TreeSelector(root: context, ignore: plan.input.ignore, owner: .root, cancellation: cancellation)
        }
        if case .image(let name) = origin, case .directory(let path) = plan.directory(name)?.source {
            return TreeSelector(root: try TreeRoot(path: path), owner: .root, cancellation: cancellation)
        }
        return TreeSelector(root: try await run.directories.view(of: layers(of: origin)), cancellation: cancellation)
    }

    /// The layers of a stage or image.
    func layers(of origin: StageGraph.Origin) throws -> [BuildLayer] {
        switch origin {
        case .scratch: return []
        case .stage(let index):
            guard let stage = stages[index] else {
                throw ImageBuilderError(.invalidStage, "the stage \(index) was not built")
            }
            return stage.layers
        case .image(let name):
            guard let image = plan.image(name, platform: nil) else {
                throw ImageBuilderError(.image, "no such image: \(name)")
            }
            return image.layers.map { BuildLayer($0) }
        }
    }
}
