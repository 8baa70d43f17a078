// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import VolumeStore

/// Which volumes are meant.
struct VolumeFilterOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Only those that fit: name=, driver=, label=, label!=, dangling=, anonymous=, container=.",
            valueName: "name=value"
        )
    )
    var filter: [String] = []

    /// Adds the conditions to a filter.
    func added(to filter: VolumeFilter = VolumeFilter()) throws -> VolumeFilter {
        var filter = filter
        for text in self.filter { try filter.add(text) }
        return filter
    }
}
