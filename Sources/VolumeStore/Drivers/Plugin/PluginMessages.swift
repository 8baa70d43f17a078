// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// The messages of Docker's volume plugin protocol, version 1, for both of its sides. The names of the members are the
// protocol's.

/// What the engine asks of a plugin.
package struct PluginRequest: Codable, Sendable, Hashable {
    /// The volume.
    package var Name: String?
    /// Options of a new one.
    package var Opts: [String: String]?
    /// Who mounts it.
    package var ID: String?

    package init(name: String? = nil, options: [String: String]? = nil, id: String? = nil) {
        Name = name
        Opts = options
        ID = id
    }
}

/// What a plugin answers.
package struct PluginResponse: Codable, Sendable, Hashable {
    /// Why it failed; empty or missing if it did not.
    package var Err: String?
    /// What the plugin is, from `/Plugin.Activate`.
    package var Implements: [String]?
    /// Where the data is on the host.
    package var Mountpoint: String?
    package var Volume: PluginVolume?
    package var Volumes: [PluginVolume]?
    package var Capabilities: PluginCapabilities?

    package init() {}
}

/// A volume as a plugin tells of it.
package struct PluginVolume: Codable, Sendable, Hashable {
    package var Name: String
    package var Mountpoint: String?
    /// RFC 3339.
    package var CreatedAt: String?

    package init(name: String, mountpoint: String? = nil, createdAt: String? = nil) {
        Name = name
        Mountpoint = mountpoint
        CreatedAt = createdAt
    }
}

/// What a plugin can do.
package struct PluginCapabilities: Codable, Sendable, Hashable {
    /// `local` for volumes of one host, `global` for those that every host sees.
    package var Scope: String

    package init(scope: String) {
        Scope = scope
    }
}

/// The paths that the messages are posted to.
package enum PluginCall: String, Sendable, CaseIterable {
    case activate = "/Plugin.Activate"
    case create = "/VolumeDriver.Create"
    case remove = "/VolumeDriver.Remove"
    case mount = "/VolumeDriver.Mount"
    case unmount = "/VolumeDriver.Unmount"
    case path = "/VolumeDriver.Path"
    case get = "/VolumeDriver.Get"
    case list = "/VolumeDriver.List"
    case capabilities = "/VolumeDriver.Capabilities"

    /// What a plugin that keeps volumes says it implements.
    package static let implemented = "VolumeDriver"
    /// The media type of the messages.
    package static let mediaType = "application/vnd.docker.plugins.v1.2+json"
}
