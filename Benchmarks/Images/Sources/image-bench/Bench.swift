// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageRegistry
import ImageStore
import SystemPackage

/// The places and images that all scenarios use.
final class Bench {
    let directory: String
    /// Holds the images that are pulled.
    let source: Registry
    /// Is pushed to.
    let target: Registry
    let store: ImageStore

    private var archive: String { "\(directory)/base.tar" }
    private var podman: String {
        "podman --root \(directory)/podman --runroot \(directory)/podman-run --storage-driver overlay"
    }
    private var filled: String {
        "podman --root \(directory)/podman-full --runroot \(directory)/podman-full-run --storage-driver overlay"
    }

    /// Makes the image and gives it to the registry, once with gzip and once with zstd.
    init(in directory: String, archive: String?, copies: Int) async throws {
        self.directory = directory
        try Shell.run("mkdir -p \(directory)/tree")
        let source = archive ?? "\(directory)/made.tar"
        if archive == nil { try Shell.run("mmdebstrap --variant=minbase bookworm \(source)") }
        if copies > 1 {
            for copy in 1...copies {
                try Shell.run("mkdir \(directory)/tree/\(copy) && tar -xf \(source) -C \(directory)/tree/\(copy)")
            }
            try Shell.run("tar -C \(directory)/tree -cf \(directory)/base.tar . && rm -rf \(directory)/tree")
        } else {
            try Shell.run("cp \(source) \(directory)/base.tar")
        }
        try Shell.run("gzip -k \(directory)/base.tar && zstd -q -k \(directory)/base.tar")
        self.source = try Registry(in: "\(directory)/source", port: 5_051)
        target = try Registry(in: "\(directory)/target", port: 5_052)
        store = try ImageStore(root: FilePath("\(directory)/store"))
        for kind in ["gz", "zst"] {
            let image = try await store.importRootFilesystem(
                archive: FilePath("\(directory)/base.tar.\(kind)"),
                as: ImageReference("\(self.source.authority)/\(kind)")
            )
            let client = Self.configuration
            try await RegistryClient.with(client) { _ = try await $0.push(image, from: store) }
        }
        try Shell.run("\(filled) pull -q --tls-verify=false \(self.source.authority)/gz")
    }

    func stop() {
        source.stop()
        target.stop()
        try? Shell.run("rm -rf \(directory)")
    }

    static var configuration: RegistryConfiguration {
        var configuration = RegistryConfiguration()
        configuration.credentials = FixedCredentials()
        return configuration
    }
}

extension Bench {
    /// What a pull can't do without, each alone.
    var floor: Scenario {
        let out = "\(directory)/out"
        return Scenario(
            title: "Alone",
            contenders: [
                shell("hash (openssl)", "openssl dgst -sha256 \(archive)"),
                shell("decompress gzip (gunzip)", "gunzip -c \(archive).gz > /dev/null"),
                shell("decompress gzip (igzip)", "igzip -d -c \(archive).gz > /dev/null"),
                shell("decompress zstd (zstd)", "zstd -q -d -c \(archive).zst > /dev/null"),
                shell("tar -x", "tar -xf \(archive) -C \(out)", before: "rm -rf \(out) && mkdir \(out)"),
                shell(
                    "tar -x, synced",
                    "tar -xf \(archive) -C \(out) && sync -f \(out)",
                    before: "rm -rf \(out) && mkdir \(out)"
                ),
                shell("tar -xz", "tar -xzf \(archive).gz -C \(out)", before: "rm -rf \(out) && mkdir \(out)"),
            ]
        )
    }

    /// A pull into a ready root filesystem.
    func pull(_ kind: String) -> Scenario {
        let name = "\(source.authority)/\(kind)"
        let out = "\(directory)/out"
        let clean = "rm -rf \(out) && mkdir \(out)"
        var contenders = [
            nestbox("Nestbox pull") { store in
                let reference = try ImageReference(name)
                let image = try await RegistryClient.with(Self.configuration) { client in
                    try await client.pull(reference, into: store)
                }
                _ = try await store.prepareRootfs(of: image)
            },
            shell("podman pull", "\(podman) pull -q --tls-verify=false \(name)", before: emptyPodman),
            shell(
                "skopeo copy alone",
                "skopeo copy -q --src-tls-verify=false docker://\(name) oci:\(out)/oci:x",
                before: clean
            ),
        ]
        // Debian's umoci knows no zstd.
        if kind == "gz" {
            contenders.append(
                shell(
                    "skopeo copy, umoci unpack",
                    """
                    skopeo copy -q --src-tls-verify=false docker://\(name) oci:\(out)/oci:x && \
                    umoci unpack --image \(out)/oci:x \(out)/bundle
                    """,
                    before: clean
                )
            )
        }
        return Scenario(title: "Pull, \(kind == "gz" ? "gzip" : "zstd")", contenders: contenders)
    }

    /// A push into an empty registry.
    var push: Scenario {
        let name = "\(target.authority)/pushed"
        let image = "\(source.authority)/gz"
        return Scenario(
            title: "Push",
            contenders: [
                Contender(name: "Nestbox push", prepare: { try self.target.empty() }) {
                    let image = try self.store.image(ImageReference(image))
                    let reference = try ImageReference(name)
                    try await RegistryClient.with(Self.configuration) { client in
                        _ = try await client.push(image, from: self.store, to: reference)
                    }
                },
                Contender(name: "podman push", prepare: { try self.target.empty() }) {
                    try Shell.run("\(self.filled) push -q --tls-verify=false \(image) docker://\(name)")
                },
                Contender(name: "skopeo copy", prepare: { try self.target.empty() }) {
                    try Shell.run(
                        """
                        skopeo copy -q --dest-tls-verify=false oci:\(self.directory)/store:\(image):latest \
                        docker://\(name)
                        """
                    )
                },
            ]
        )
    }

    /// From a store to an archive.
    var save: Scenario {
        let image = "\(source.authority)/gz"
        let out = "\(directory)/out"
        let clean = "rm -rf \(out) && mkdir \(out)"
        return Scenario(
            title: "Save",
            contenders: [
                Contender(name: "Nestbox save", prepare: { try Shell.run(clean) }) {
                    try await self.store.save(
                        [self.store.image(ImageReference(image))],
                        to: FilePath("\(out)/saved.tar")
                    )
                },
                shell(
                    "podman save, oci-archive",
                    "\(filled) save -q --format oci-archive -o \(out)/saved.tar \(image)",
                    before: clean
                ),
                shell("podman save, docker-archive", "\(filled) save -q -o \(out)/saved.tar \(image)", before: clean),
            ]
        )
    }

    /// From an archive into an empty store, ready to run.
    var load: Scenario {
        let saved = "\(directory)/saved.tar"
        return Scenario(
            title: "Load",
            contenders: [
                nestbox("Nestbox load") { store in
                    let images = try await store.load(FilePath(saved))
                    _ = try await store.prepareRootfs(of: images[0])
                },
                shell("podman load", "\(podman) load -q -i \(saved)", before: emptyPodman),
            ]
        )
    }

    /// Writes the archive that ``load`` reads.
    func makeSaved() async throws {
        let image = try store.image(ImageReference("\(source.authority)/gz"))
        try await store.save([image], to: FilePath("\(directory)/saved.tar"))
    }

    /// The kilobytes that the image takes where it is unpacked.
    func sizes() throws {
        let pid = try Shell.start(
            """
            cd \(directory) && rm -rf out && mkdir out && tar -xf base.tar -C out
            echo 'Kilobytes on the file system: tar -x, the gzip blob, Nestbox store (gzip and zstd image), podman'
            du -sk out base.tar.gz store podman-full | awk '{print $1, $2}'
            """
        )
        Shell.wait(for: pid)
    }

    private var emptyPodman: String {
        "\(podman) rmi -a -f; \(podman) system reset -f; rm -rf \(directory)/podman \(directory)/podman-run; true"
    }

    private func shell(_ name: String, _ command: String, before: String = "true") -> Contender {
        Contender(name: name, prepare: { try Shell.run(before) }) { try Shell.run(command) }
    }

    private func nestbox(_ name: String, _ work: @escaping (ImageStore) async throws -> Void) -> Contender {
        let root = "\(directory)/empty"
        return Contender(name: name, prepare: { try Shell.run("rm -rf \(root)") }) {
            try await work(ImageStore(root: FilePath(root)))
        }
    }
}
