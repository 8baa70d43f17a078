// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageBuilder
import ImageStore

/// Reads the values of `--cache-from` and `--cache-to`: `type=registry,ref=NAME`, `type=local,src=DIRECTORY`, or a name
/// alone, which is a registry's.
struct CacheFlagText {
    private static let common: Set = ["type", "mode", "ignore-error"]

    let flag: String
    private let text: String
    private let fields: [String: String]

    init(_ text: String, _ flag: String) throws {
        self.flag = flag
        self.text = text
        guard text.contains("=") else {
            fields = ["type": "registry", "ref": text]
            return
        }
        fields = try BuildFlagText.fields(text, flag)
    }

    /// The cache to look into.
    func source(in registry: any ArtifactRegistry) throws -> any BuildCacheSource {
        switch fields["type"] {
        case "local": BuildCacheDirectory(HostPath.absolute(try value("src", among: ["type", "src"])))
        case "registry": try remote(registry, among: ["type", "ref"])
        default: throw failure("the type must be local or registry")
        }
    }

    /// The cache to fill, and with what; as with Docker, with the results of the image's own steps unless `mode=max`.
    func export(in registry: any ArtifactRegistry) throws -> BuildCacheExport {
        let target: any BuildCacheTarget
        switch fields["type"] {
        case "local":
            target = BuildCacheDirectory(HostPath.absolute(try value("dest", among: Self.common.union(["dest"]))))
        case "registry":
            // What Docker must be asked for is the only form that there is here.
            let forms = ["image-manifest", "oci-mediatypes"]
            if let form = forms.first(where: { fields[$0, default: "true"] != "true" }) {
                throw failure("\(form) can only be true")
            }
            target = try remote(registry, among: Self.common.union(["ref"] + forms))
        default: throw failure("the type must be local or registry")
        }
        let mode = fields["mode"] ?? "min"
        guard ["min", "max"].contains(mode) else { throw failure("the mode must be min or max, not '\(mode)'") }
        let ignores = fields["ignore-error"] ?? "false"
        guard ["true", "false"].contains(ignores) else { throw failure("ignore-error must be true or false") }
        return BuildCacheExport(to: target, includesAllSteps: mode == "max", ignoresErrors: ignores == "true")
    }

    private func remote(_ registry: any ArtifactRegistry, among known: Set<String>) throws -> BuildCacheRegistry {
        BuildCacheRegistry(try ImageReference(try value("ref", among: known)), in: registry)
    }

    private func value(_ key: String, among known: Set<String>) throws -> String {
        if fields["compression"] != nil {
            throw failure("layers are kept as the image has them; --output type=image,compression=… says how")
        }
        if let unknown = fields.keys.filter({ !known.contains($0) }).min() {
            throw failure("'\(unknown)' is not known; there are: \(known.sorted().joined(separator: ", "))")
        }
        guard let value = fields[key], !value.isEmpty else { throw failure("\(key)= is missing") }
        return value
    }

    private func failure(_ why: String) -> ValidationError {
        ValidationError("\(flag) '\(text)': \(why)")
    }
}
