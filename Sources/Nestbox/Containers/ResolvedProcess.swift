// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ImageStore

/// What runs in a container, once the specification and the image's configuration are put together by Docker's rules.
struct ResolvedProcess: Hashable, Sendable {
    var arguments: [String]
    var environment: [String]
    var workingDirectory: String
    var user: String
    var stopSignal: Signal

    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    init(
        _ specification: ContainerSpecification,
        on image: ImageConfiguration.Defaults,
        hostName: String
    ) throws(NestboxError) {
        arguments = Self.arguments(specification, image)
        guard !arguments.isEmpty else {
            throw NestboxError(
                .invalidSpecification,
                "no command is given, and the image '\(specification.image)' has none of its own"
            )
        }
        try Self.check(specification)
        environment = Self.merge([
            ProcessConfiguration.defaultEnvironment, ["HOSTNAME=\(hostName)"], image.environment ?? [],
            specification.environment,
        ])
        workingDirectory = Self.directory(specification, image)
        user = specification.user ?? image.user ?? ""
        let signal = specification.stopSignal ?? image.stopSignal ?? "SIGTERM"
        guard let stopSignal = Signal(signal) else {
            throw NestboxError(.invalidSpecification, "'\(signal)' is no signal")
        }
        self.stopSignal = stopSignal
    }

    /// Refuses what no image could make good.
    ///
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    static func check(_ specification: ContainerSpecification) throws(NestboxError) {
        for entry in specification.environment where !entry.dropFirst().contains("=") {
            let name = entry.prefix { $0 != "=" }
            throw NestboxError(.invalidSpecification, "the environment entry '\(name)' is not of the form NAME=value")
        }
        if let own = specification.workingDirectory, !own.hasPrefix("/") {
            throw NestboxError(.invalidSpecification, "the working directory '\(own)' must be an absolute path")
        }
        if let signal = specification.stopSignal, Signal(signal) == nil {
            throw NestboxError(.invalidSpecification, "'\(signal)' is no signal")
        }
    }

    /// `ENTRYPOINT` and then `CMD`; an entrypoint of the user's own leaves the image's `CMD` out.
    private static func arguments(
        _ specification: ContainerSpecification,
        _ image: ImageConfiguration.Defaults
    ) -> [String] {
        guard let entrypoint = specification.entrypoint else {
            let command = specification.command.isEmpty ? image.command ?? [] : specification.command
            return (image.entrypoint ?? []) + command
        }
        return entrypoint + specification.command
    }

    private static func directory(
        _ specification: ContainerSpecification,
        _ image: ImageConfiguration.Defaults
    ) -> String {
        let directory = specification.workingDirectory ?? image.workingDirectory ?? ""
        return directory.hasPrefix("/") ? directory : "/" + directory
    }

    /// Later values win; a variable keeps the place it had first.
    private static func merge(_ sources: [[String]]) -> [String] {
        var merged: [String] = []
        var places: [Substring: Int] = [:]
        for entry in sources.joined() where entry.contains("=") {
            let name = entry.prefix { $0 != "=" }
            if let place = places[name] {
                merged[place] = entry
            } else {
                places[name] = merged.count
                merged.append(entry)
            }
        }
        return merged
    }
}
