// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

extension StepRunner {
    /// The stage at its beginning.
    func begin() async throws -> StageState {
        run.report(.started, title)
        let state: StageState
        switch node.base {
        case .scratch: state = try scratch()
        case .stage(let base):
            guard let base = stages[base] else {
                throw ImageBuilderError(.invalidStage, "the stage before was not built", at: node.stage.location)
            }
            state = StageState(
                evaluator: evaluator(base.evaluator.scope),
                image: ImageDraft(base: base.image),
                layers: base.layers,
                key: base.key,
                platform: base.platform
            )
        case .image(let name): state = try image(name)
        }
        run.report(.finished, title, duration: .zero)
        return state
    }

    private func scratch() throws -> StageState {
        let platform = node.platform ?? plan.arguments.targetPlatform.description
        return StageState(
            evaluator: evaluator(StageScope()),
            image: .scratch(try Platform(platform), epoch: epochText),
            layers: [],
            key: StepCache.key(of: .base(.init(digest: nil, platform: platform)), after: nil),
            platform: platform
        )
    }

    private func image(_ name: String) throws -> StageState {
        guard let image = plan.image(name, platform: node.platform) else {
            throw ImageBuilderError(.image, "no such image: \(name)", at: node.stage.location)
        }
        let platform = image.configuration.platform.description
        // By content: another manifest of the same layers is the same base.
        let content = image.configuration.rootfs.diffIDs.map(\.description).joined(separator: " ")
        return StageState(
            evaluator: evaluator(StageScope(image.defaults)),
            image: ImageDraft(base: image, epoch: epochText),
            layers: image.layers.map { BuildLayer($0) },
            key: StepCache.key(of: .base(.init(digest: content, platform: platform)), after: nil),
            platform: platform
        )
    }

    private var epochText: String? {
        plan.epoch.map { Moment(seconds: $0, nanoseconds: 0).description }
    }

    private func evaluator(_ scope: StageScope) -> StageEvaluator {
        StageEvaluator(
            escape: plan.dockerfile.escape,
            scope: scope,
            global: plan.global,
            arguments: plan.arguments
        )
    }
}
