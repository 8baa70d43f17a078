// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

/// An image's configuration while its stage is built.
///
/// It is a value without I/O: the instructions change it, and at the end it becomes what the store keeps. Field by field
/// it comes out as BuildKit's Dockerfile frontend writes it.
struct ImageDraft: Sendable {
    /// What BuildKit writes beside each step.
    static let comment = "buildkit.dockerfile.v0"

    var platform: Platform
    var osVersion: String?
    var osFeatures: [String]?
    var author: String?
    var defaults: ImageConfiguration.Defaults
    var history: [ImageConfiguration.History]
    /// The declared arguments, in their order, which the history of commands shows.
    var arguments: [String] = []
    /// Whether this stage has set the command: then a new entry point keeps it.
    var hasOwnCommand = false
    /// The time of every step, where `SOURCE_DATE_EPOCH` says so.
    var epoch: String?

    /// The beginning of a stage without a base.
    static func scratch(_ platform: Platform, epoch: String?) -> ImageDraft {
        var defaults = ImageConfiguration.Defaults()
        defaults.environment = ["PATH=\(StageScope.defaultPath)"]
        defaults.workingDirectory = "/"
        return ImageDraft(platform: platform, defaults: defaults, history: [], epoch: epoch)
    }

    private init(
        platform: Platform,
        defaults: ImageConfiguration.Defaults,
        history: [ImageConfiguration.History],
        epoch: String?
    ) {
        self.platform = platform
        self.defaults = defaults
        self.history = history
        self.epoch = epoch
    }

    /// The beginning of a stage with an image as its base.
    init(base image: Image, epoch: String?) {
        let configuration = image.configuration
        self.init(
            platform: configuration.platform,
            defaults: configuration.config ?? .init(),
            history: configuration.history ?? [],
            epoch: epoch
        )
        osVersion = configuration.osVersion
        osFeatures = configuration.osFeatures
        author = configuration.author
        defaults.onBuild = nil
        if !(defaults.environment ?? []).contains(where: { $0.hasPrefix("PATH=") }) {
            defaults.environment = (defaults.environment ?? []) + ["PATH=\(StageScope.defaultPath)"]
        }
        if let directory = defaults.workingDirectory, !directory.isEmpty {
            defaults.workingDirectory = CleanPath.join("/", directory)
        }
        matchHistory(toLayers: configuration.rootfs.diffIDs.count)
    }

    /// The beginning of a stage with another stage as its base.
    init(base stage: ImageDraft) {
        self = stage
        defaults.onBuild = nil
        hasOwnCommand = false
    }

    /// Some images have less history than layers, or more.
    private mutating func matchHistory(toLayers count: Int) {
        var steps = history.filter { $0.emptyLayer != true }.count
        for index in history.indices where steps > count && history[index].emptyLayer != true {
            history[index].emptyLayer = true
            steps -= 1
        }
        for _ in 0..<max(0, count - steps) { history.append(.init(comment: "a layer of the base image")) }
    }

    /// Notes a step.
    mutating func commit(_ text: String, makesLayer: Bool = false) {
        history.append(
            .init(
                created: epoch,
                createdBy: text,
                comment: Self.comment,
                emptyLayer: makesLayer ? nil : true
            )
        )
    }
}
