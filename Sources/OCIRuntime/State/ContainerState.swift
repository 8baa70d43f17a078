// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import ContainerKit
internal import Glibc
package import SystemPackage

/// What is remembered of a container between two commands.
package struct ContainerState: Sendable {
    package var reference: ContainerReference
    package var version: String
    package var bundle: FilePath
    package var rootFilesystem: FilePath
    package var annotations: [String: String]
    package var created: String
    package var isStarted: Bool
    /// Whether there is a program to start.
    package var hasProgram = true
    /// Whether hooks are due once it has been started.
    package var hasPoststart: Bool
    /// Whether hooks are due once it is gone.
    package var hasPoststop: Bool

    package init(
        _ reference: ContainerReference,
        configuration: ContainerConfiguration,
        version: String,
        root: FilePath
    ) {
        self.reference = reference
        self.version = version
        bundle = configuration.bundle ?? ""
        rootFilesystem = root
        annotations = configuration.annotations
        created = Self.now()
        isStarted = false
        hasPoststart = !configuration.hooks.poststart.isEmpty
        hasPoststop = !configuration.hooks.poststop.isEmpty
    }

    init(_ object: JSONObject) throws(OCIError) {
        reference = ContainerReference(
            identifier: try object.required("id"),
            processIdentifier: try object.integer("pid") ?? 0,
            startTime: try object.integer("startTime") ?? 0,
            controlGroups: try object.strings("cgroups").map { FilePath($0) },
            capabilities: try object.integer("capabilities") ?? 0,
            joinsMounts: try object.boolean("joinsMounts") ?? false
        )
        version = try object.required("ociVersion")
        bundle = FilePath(try object.required("bundle"))
        rootFilesystem = FilePath(try object.string("rootfs") ?? "")
        annotations = try object.stringMap("annotations")
        created = try object.string("created") ?? ""
        isStarted = try object.boolean("started") ?? false
        hasProgram = try object.boolean("program") ?? true
        hasPoststart = try object.boolean("poststart") ?? true
        hasPoststop = try object.boolean("poststop") ?? true
    }

    var json: JSONValue {
        .object([
            "id": .string(reference.identifier), "pid": .integer(reference.processIdentifier),
            "startTime": .integer(reference.startTime), "capabilities": .integer(reference.capabilities),
            "cgroups": .strings(reference.controlGroups.map(\.string)), "ociVersion": .string(version),
            "bundle": .string(bundle.string), "rootfs": .string(rootFilesystem.string),
            "annotations": .object(annotations.mapValues { .string($0) }), "created": .string(created),
            "started": .boolean(isStarted), "joinsMounts": .boolean(reference.joinsMounts),
            "program": .boolean(hasProgram),
            "poststart": .boolean(hasPoststart), "poststop": .boolean(hasPoststop),
        ])
    }

    /// Where the container is in its life, as the kernel has it now.
    package var status: String {
        guard let control = try? ContainerControl(reference) else { return "stopped" }
        if !isStarted { return "created" }
        return (try? control.isPaused()) == true ? "paused" : "running"
    }

    /// The specification's form, with what runc adds.
    package func document(status: String) -> JSONValue {
        .object([
            "ociVersion": .string(version), "id": .string(reference.identifier), "status": .string(status),
            "pid": .integer(status == "stopped" ? 0 : reference.processIdentifier), "bundle": .string(bundle.string),
            "rootfs": .string(rootFilesystem.string), "created": .string(created), "owner": .string(""),
            "annotations": .object(annotations.mapValues { .string($0) }),
        ])
    }

    /// The moment in RFC 3339.
    static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(parts.tm_year + 1900)-\(padded(Int(parts.tm_mon) + 1, 2))-\(padded(Int(parts.tm_mday), 2))"
        let clock = "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2))"
        return "\(date)T\(clock).\(padded(time.tv_nsec, 9))Z"
    }
}
