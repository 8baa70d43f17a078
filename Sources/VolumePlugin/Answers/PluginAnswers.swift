// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import VolumeStore

/// What a store answers to the calls of the volume plugin protocol.
struct PluginAnswers: Sendable {
    let store: VolumeStore

    /// Does what the engine asks for.
    func answer(_ call: PluginCall, _ request: PluginRequest) async throws(VolumeError) -> PluginResponse {
        var response = PluginResponse()
        switch call {
        case .activate: response.Implements = [PluginCall.implemented]
        case .capabilities: response.Capabilities = PluginCapabilities(scope: "local")
        case .create: try await store.create(VolumeRequest(name: name(request), options: request.Opts ?? [:]))
        case .remove: try await store.remove(name(request))
        case .mount: response.Mountpoint = try await mount(name(request), for: owner(request))
        case .unmount: try await unmount(name(request), for: owner(request))
        case .path: response.Mountpoint = try await store.volume(named: name(request)).mountpoint.string
        case .get: response.Volume = PluginVolume(try await store.volume(named: name(request)))
        case .list: response.Volumes = try await store.list().map { PluginVolume($0) }
        }
        return response
    }

    /// Mounts the volume for an owner, who has one lease however often it asks: an engine that was restarted asks again.
    private func mount(_ name: String, for owner: LeaseOwner) async throws(VolumeError) -> String {
        let earlier = try await leases(name, of: owner)
        let mount = try await store.mount(name, owner: owner)
        for lease in earlier { try await store.release(lease) }
        return mount.source.string
    }

    private func unmount(_ name: String, for owner: LeaseOwner) async throws(VolumeError) {
        for lease in try await leases(name, of: owner) { try await store.release(lease) }
    }

    private func leases(_ name: String, of owner: LeaseOwner) async throws(VolumeError) -> [VolumeLease.ID] {
        try await store.inspect(name).leases.filter { $0.owner.id == owner.id }.map(\.id)
    }

    private func name(_ request: PluginRequest) throws(VolumeError) -> String {
        guard let name = request.Name else { throw VolumeError(.invalidName, "the request names no volume") }
        return name
    }

    /// The engine's lease outlives this server, and the engine: it ends when the engine unmounts, or with the machine.
    private func owner(_ request: PluginRequest) throws(VolumeError) -> LeaseOwner {
        guard let id = request.ID, !id.isEmpty else {
            throw VolumeError(.invalidName, "the request does not say who mounts the volume")
        }
        return try .untilShutdown(id: "engine:\(id)")
    }
}

extension PluginVolume {
    init(_ volume: Volume) {
        self.init(name: volume.name, mountpoint: volume.mountpoint.string, createdAt: volume.createdAt.description)
    }
}
