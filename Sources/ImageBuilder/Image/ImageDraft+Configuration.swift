// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

extension ImageDraft {
    /// The configuration of the finished image.
    ///
    /// - Parameters:
    ///   - layers: The layers, lowest first, each with the time of its making; nil for a base image's.
    ///   - labels: Labels that the build adds.
    /// - Returns: The configuration, its times filled in as BuildKit does.
    func configuration(
        layers: [(diffID: Digest, created: String?)],
        labels: [String: String]
    ) -> ImageConfiguration {
        let history = filled(layers.map(\.created))
        var defaults = defaults
        if !labels.isEmpty { defaults.labels = (defaults.labels ?? [:]).merging(labels) { $1 } }
        var configuration = ImageConfiguration(
            platform: platform,
            created: epoch ?? history.last { $0.created != nil }?.created,
            config: defaults,
            rootfs: .init(diffIDs: layers.map(\.diffID)),
            history: history
        )
        configuration.author = author
        configuration.osVersion = osVersion
        configuration.osFeatures = osFeatures
        return configuration
    }

    /// The history with times: a step with a layer has the layer's, one without has that of the layer before it, or
    /// where there is none, of the first new layer.
    private func filled(_ layers: [String?]) -> [ImageConfiguration.History] {
        var history = history
        var layer = 0
        for index in history.indices where history[index].emptyLayer != true {
            if history[index].created == nil, layer < layers.count { history[index].created = layers[layer] }
            layer += 1
        }
        let firstMissing = history.firstIndex { $0.created == nil } ?? history.endIndex
        var time =
            history[firstMissing...].first { $0.created != nil }?.created
            ?? history[..<firstMissing].last { $0.created != nil }?.created
        var isMissing = false
        for index in history.indices {
            if let created = history[index].created {
                if isMissing { time = created }
            } else {
                isMissing = true
                history[index].created = time
            }
        }
        return history
    }
}
