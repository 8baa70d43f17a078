// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ProcessConfiguration {
    /// The files to try, in order: the program itself where it has a slash, else one in each directory of `PATH`.
    package var executableCandidates: [String] {
        guard let program = arguments.first else { return [] }
        if program.contains("/") { return [program] }
        let path = value(of: "PATH") ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return path.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(program)" }
    }

    /// The environment with `HOME`, which the user's entry in the container's files gives where nothing else does.
    package func environment(for identity: ProcessIdentity) -> [String] {
        if value(of: "HOME") != nil { return environment }
        return environment + ["HOME=" + (identity.home ?? "/")]
    }

    private func value(of name: String) -> Substring? {
        let prefix = name + "="
        return environment.last { $0.hasPrefix(prefix) }?.dropFirst(prefix.count)
    }
}
