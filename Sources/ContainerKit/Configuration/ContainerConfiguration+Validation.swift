// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension ContainerConfiguration {
    /// Checks everything that can be known without touching the system.
    ///
    /// - Throws: ``ContainerError`` that names the member, the value and the rule it breaks.
    public func validate() throws(ContainerError) {
        try validateIdentifier()
        try process.validate()
        try rootFilesystem.validate()
        try validateMounts()
        try validateNames()
        try validateNamespaces()
        try validateKernelParameters()
        try validateNetworkDevices()
        try userModeNetwork?.validate(namespaces)
        try resources.validate()
    }

    /// The rule for identifiers, which become directory names: no separators, no leading dot.
    private func validateIdentifier() throws(ContainerError) {
        let bytes = Array(identifier.utf8)
        func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard let first = bytes.first, bytes.count <= 128, isWord(first),
            bytes.allSatisfy({ isWord($0) || $0 == UInt8(ascii: ".") })
        else {
            throw .invalid(
                "identifier '\(identifier)'",
                "must be 1 to 128 letters, digits, '_', '+', '-' or '.', and not begin with a dot"
            )
        }
    }

    private func validateMounts() throws(ContainerError) {
        for mount in mounts {
            try mount.target.requireAbsolute("mount target")
            if mount.target.lexicallyNormalized() == "/", mount.source != .existing {
                throw .invalid("mount target '/'", "is the root filesystem's own place")
            }
            if mount.target.hasParentComponent {
                throw .invalid("mount target '\(mount.target)'", "must not contain '..'")
            }
            if case .bind(let source, _) = mount.source { try source.requireAbsolute("bind mount source") }
        }
        for device in devices {
            try device.hostPath.requireAbsolute("device")
            try device.path.requireAbsolute("device in the container")
            if device.path.hasParentComponent {
                throw .invalid("device '\(device.path)'", "must not contain '..'")
            }
        }
        for path in maskedPaths { try path.requireAbsolute("masked path") }
        for path in readOnlyPaths { try path.requireAbsolute("read-only path") }
    }

    private func validateNames() throws(ContainerError) {
        for (what, name) in [("host name", hostName), ("domain name", domainName)] {
            guard let name else { continue }
            // The kernel's __NEW_UTS_LEN.
            if name.utf8.count > 64 {
                throw .invalid(
                    "\(what) '\(name.prefix(16))…'",
                    "is \(name.utf8.count) bytes long; at most 64 are allowed"
                )
            }
            try name.requireText(what)
            if namespaces.uts != .new {
                throw .invalid("\(what) '\(name)'", "needs a UTS namespace of the container's own")
            }
        }
    }

    private func validateNamespaces() throws(ContainerError) {
        let choices = [
            namespaces.process, namespaces.cgroup, namespaces.uts, namespaces.ipc, namespaces.network, namespaces.time,
        ]
        for choice in choices {
            if case .join(let path) = choice { try path.requireAbsolute("namespace to join") }
        }
        if let path = namespaces.joinedUser {
            try path.requireAbsolute("namespace to join")
            if namespaces.user != nil { throw .invalid("user namespace", "can't be both new and an existing one") }
        }
        if let path = namespaces.joinedMount {
            try path.requireAbsolute("namespace to join")
            if namespaces.user != nil {
                throw .invalid(
                    "mount namespace '\(path)'",
                    "can't be joined with a user namespace of the container's own, which has no rights over it"
                )
            }
        }
        if namespaces.time != .new, namespaces.monotonicOffset != .zero || namespaces.bootTimeOffset != .zero {
            throw .invalid("clock offsets", "need a time namespace of the container's own")
        }
        if mapsFiles, namespaces.user == nil {
            throw .invalid("mapped files", "need a user namespace of the container's own")
        }
        for hook in hooks.all {
            try hook.path.requireAbsolute("hook")
            for text in hook.arguments + hook.environment { try text.requireText("hook '\(hook.path)'") }
        }
        guard let user = namespaces.user else { return }
        for (what, mappings) in [("user", user.users), ("group", user.groups)] {
            guard mappings.contains(where: { $0.inside == 0 && $0.count > 0 }) else {
                throw .invalid("\(what) map", "has to map \(what) 0, as which the container is set up")
            }
            for mapping in mappings {
                let (insideEnd, insideOverflow) = mapping.inside.addingReportingOverflow(mapping.count)
                let (outsideEnd, outsideOverflow) = mapping.outside.addingReportingOverflow(mapping.count)
                if mapping.count == 0 || insideOverflow || outsideOverflow || insideEnd == 0 || outsideEnd == 0 {
                    throw .invalid(
                        "\(what) map \(mapping.inside):\(mapping.outside):\(mapping.count)",
                        "must cover 1 or more identifiers below 4294967295"
                    )
                }
            }
            // The kernel's UID_GID_MAP_MAX_EXTENTS.
            if mappings.count > 340 { throw .invalid("\(what) map", "has more than 340 ranges") }
        }
    }

    private func validateKernelParameters() throws(ContainerError) {
        for (key, value) in kernelParameters {
            guard KernelParameter.isWellFormed(key) else {
                throw .invalid("kernel parameter '\(key)'", "must be words joined by dots, such as net.core.somaxconn")
            }
            guard let namespace = KernelParameter.namespace(of: key) else {
                throw .invalid("kernel parameter '\(key)'", "is not of a namespace: it would change the host")
            }
            let isOwn =
                switch namespace {
                case .ipc: namespaces.ipc == .new
                case .network: namespaces.network == .new
                default: namespaces.uts == .new
                }
            if !isOwn {
                throw .invalid("kernel parameter '\(key)'", "needs a \(namespace) namespace of the container's own")
            }
            try value.requireText("kernel parameter '\(key)'")
        }
    }
}

extension RootFilesystem {
    func validate() throws(ContainerError) {
        switch source {
        case .directory(let path): try path.requireAbsolute("root filesystem")
        case .overlay(let layers, let writable):
            if layers.isEmpty { throw .invalid("root filesystem", "needs at least one layer") }
            // OVL_MAX_STACK.
            if layers.count > 500 {
                throw .invalid("root filesystem", "has \(layers.count) layers; overlayfs takes 500")
            }
            for layer in layers { try layer.requireAbsolute("layer") }
            try writable?.upper.requireAbsolute("upper directory")
            try writable?.work.requireAbsolute("work directory")
        }
    }
}
