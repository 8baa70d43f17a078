// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("Images for several platforms on the command line", .runsTool, .runsRegistry)
struct PlatformTests {
    /// Puts the images of two archives under one index, in a layout's archive.
    private static let merge = """
        import hashlib, json, os, sys, tarfile
        work, name, target = sys.argv[1:4]
        entries = []
        for archive in sys.argv[4:]:
            with tarfile.open(archive) as source:
                source.extractall(work)
            with open(work + "/index.json") as file:
                entry = json.load(file)["manifests"][0]
            config = json.load(open(work + "/blobs/sha256/" + entry["digest"][7:]))["config"]["digest"][7:]
            image = json.load(open(work + "/blobs/sha256/" + config))
            entry["platform"] = {"os": image["os"], "architecture": image["architecture"]}
            entry.pop("annotations", None)
            entries.append(entry)
        kind = "application/vnd.oci.image.index.v1+json"
        index = json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": entries}).encode()
        digest = hashlib.sha256(index).hexdigest()
        open(work + "/blobs/sha256/" + digest, "wb").write(index)
        top = {"mediaType": kind, "digest": "sha256:" + digest, "size": len(index),
            "annotations": {"org.opencontainers.image.ref.name": name}}
        json.dump({"schemaVersion": 2, "manifests": [top]}, open(work + "/index.json", "w"))
        for other in ["manifest.json", "repositories"]:
            if os.path.exists(work + "/" + other):
                os.remove(work + "/" + other)
        with tarfile.open(target, "w") as archive:
            archive.add(work, arcname=".")
        """

    @Test("run and create take the image for the platform that is asked for, here or from the registry")
    func run() throws {
        let tool = try Tool()
        let registry = try TestRegistry()
        let archive = try TestArchive()
        var saved: [String] = []
        // What is said to be for another machine is for this one in truth, so that it runs.
        for architecture in ["amd64", "s390x"] {
            let file = tool.directory.path.appending("\(architecture).tar").string
            let command = "CMD [\"echo\", \"for \(architecture)\"]"
            try tool.run(
                "import",
                "--platform",
                "linux/\(architecture)",
                "--change",
                command,
                archive.path.string,
                architecture
            )
            #expect(try tool.run("save", "-o", file, architecture).status == 0)
            try tool.run("rmi", architecture)
            saved.append(file)
        }
        let name = "\(registry.authority)/multi:1"
        let merged = tool.directory.path.appending("merged.tar").string
        let work = tool.directory.path.appending("layout").string
        try Shell.run(["mkdir", work])
        let made = try Shell.run(["python3", "-c", Self.merge, work, name, merged] + saved)
        #expect(made.status == 0, "\(made.error)")
        let loaded = try tool.run("load", "-i", merged)
        #expect(loaded.status == 0, "\(loaded.error)")

        for architecture in ["amd64", "s390x"] {
            let ran = try tool.run("run", "--rm", "--platform", "linux/\(architecture)", name)
            #expect(ran.output == "for \(architecture)\n", "\(ran.error)")
        }
        #expect(try tool.run("run", "--rm", "--platform", "linux/riscv64", "--pull", "never", name).status == 125)
        let single = try tool.run("run", "--rm", "--platform", "linux/s390x", "box")
        #expect(single.status == 125)
        #expect(single.error.contains("not for linux/s390x"), "\(single.error)")

        #expect(try tool.run("push", "-q", name).status == 0)
        #expect(try tool.run("rmi", name).status == 0)
        let created = try tool.run("create", "--name", "other", "--platform", "linux/s390x", name)
        #expect(created.status == 0, "\(created.error)")
        // The store has the image for that platform alone; a container was made from it, so it stays.
        #expect(try tool.run("images", "-q", name).lines.count == 1)
        #expect(try tool.run("rmi", name).status != 0)
        try tool.run("image", "prune", "-a")
        #expect(try tool.run("start", "-a", "other").output == "for s390x\n")
    }
}
