// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
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
    ///
    /// The store knows containers by their identifiers alone; whoever names one means what they call it.
    func added(to filter: VolumeFilter = VolumeFilter(), in nestbox: Nestbox) throws -> VolumeFilter {
        let key = "container="
        var filter = filter
        for text in self.filter {
            let container = text.hasPrefix(key) ? try? nestbox.container(String(text.dropFirst(key.count))) : nil
            try filter.add(container.map { key + $0.identifier } ?? text)
        }
        return filter
    }
}
