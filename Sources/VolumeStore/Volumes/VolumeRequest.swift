// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a new volume should be.
public struct VolumeRequest: Sendable, Hashable {
    /// The name; nil makes an anonymous volume with 64 random hexadecimal digits for a name.
    public var name: String?

    /// The driver; nil means `local` for a new volume, and whatever it has for one that exists.
    public var driver: String?

    /// Options for the driver, checked by it before anything is created.
    public var options: [String: String] = [:]

    /// Labels: free text for filters.
    public var labels: [String: String] = [:]

    /// How many may write at a time.
    public var sharing: VolumeSharing = .shared

    /// The container that an anonymous volume belongs to.
    public var container: String?

    /// A request for a volume of this name, or for an anonymous one.
    public init(
        name: String? = nil,
        driver: String? = nil,
        options: [String: String] = [:],
        labels: [String: String] = [:],
        sharing: VolumeSharing = .shared,
        container: String? = nil
    ) {
        self.name = name
        self.driver = driver
        self.options = options
        self.labels = labels
        self.sharing = sharing
        self.container = container
    }
}

extension VolumeRequest {
    /// Refuses what can be seen to be wrong without the store or the driver.
    func validate() throws(VolumeError) {
        if let name { try VolumeName.validate(name) }
        for (key, value) in labels where key.isEmpty || hasNUL(key) || hasNUL(value) {
            throw VolumeError(.invalidLabel, "a label needs a key, and neither it nor the value may hold a NUL byte")
        }
        for (key, value) in options where key.isEmpty || hasNUL(key) || hasNUL(value) {
            throw VolumeError(
                .invalidOption,
                "an option needs a key, and neither it nor the value may hold a NUL byte"
            )
        }
        if let container, container.isEmpty || hasNUL(container) {
            throw VolumeError(.invalidName, "the container of an anonymous volume can't be empty or hold a NUL byte")
        }
    }

    private func hasNUL(_ text: String) -> Bool {
        text.utf8.contains(0)
    }
}
