// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension ContainerError {
    /// A configuration that breaks a rule: what, and the rule.
    static func invalid(_ what: String, _ rule: String) -> ContainerError {
        ContainerError(.invalidConfiguration, "\(what) \(rule)")
    }
}

extension FilePath {
    var hasParentComponent: Bool {
        components.contains { $0.kind == .parentDirectory }
    }

    func requireAbsolute(_ what: String) throws(ContainerError) {
        if !isAbsolute { throw .invalid("\(what) '\(self)'", "must be an absolute path") }
    }
}

extension String {
    /// The kernel ends strings at a zero byte: what came after it would be lost without a word.
    func requireText(_ what: String) throws(ContainerError) {
        if utf8.contains(0) { throw .invalid(what, "must not contain a zero byte") }
    }
}
