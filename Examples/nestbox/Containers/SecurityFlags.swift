// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The flags that say what a container's programs may do.
struct SecurityFlags: ParsableArguments {
    @Option(name: .customLong("cap-add"), help: "Add a capability, such as NET_ADMIN, or ALL.")
    var addedCapabilities: [String] = []

    @Option(name: .customLong("cap-drop"), help: "Take a capability away, or ALL.")
    var droppedCapabilities: [String] = []

    @Option(
        name: .customLong("security-opt"),
        help: "no-new-privileges[=false], or seccomp= with standard, hardened, unconfined or a profile's file."
    )
    var options: [String] = []

    @Option(name: .customLong("ulimit"), help: "Limit each process: NAME=SOFT[:HARD], such as nofile=1024.")
    var limits: [String] = []

    @Option(
        name: .customLong("userns"),
        help: "Whose users its programs are: host, or auto[:size=COUNT] for ones that nobody else on the host is."
    )
    var userNamespace: String?

    func security() throws -> SecurityOptions {
        var security = SecurityOptions()
        security.addedCapabilities = addedCapabilities
        security.droppedCapabilities = droppedCapabilities
        security.options = try options.map(Self.withProfile)
        security.processLimits = limits
        return security
    }

    /// The option with the profile itself instead of its file, which may be gone when the container starts again.
    private static func withProfile(_ option: String) throws -> String {
        let key = "seccomp="
        let value = option.dropFirst(key.count)
        guard option.hasPrefix(key), value.contains("/") || value.hasSuffix(".json") else { return option }
        // Its content is not shown: who names the wrong file may have named a secret one.
        let profile = try TextFile.read(String(value)).drop { $0.isWhitespace }
        guard profile.first == "{" else {
            throw ValidationError("the file '\(value)' is no seccomp profile: it does not begin with '{'")
        }
        return key + profile
    }
}
