// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization
internal import SystemPackage

/// Sees to it that what is shown to containers as a device of the host is one.
///
/// The host's `/dev` is trusted not to change under a running server, so each node is looked at once.
final class DeviceCheck: Sendable {
    static let shared = DeviceCheck()

    private let known = Mutex<Set<FilePath>>([])

    /// - Throws: ``ContainerError`` unless there is a device at this path.
    func check(_ path: FilePath) throws(ContainerError) {
        if known.withLock({ $0.contains(path) }) { return }
        let kind = try kind(of: path)
        guard kind.isDevice else {
            throw ContainerError(.mount, "'\(path)' is no device", operation: "check device", path: path)
        }
        _ = known.withLock { $0.insert(path) }
    }

    /// - Throws: ``ContainerError`` unless `/dev/null` is the null device, which masks files (CVE-2025-31133).
    func checkNull() throws(ContainerError) {
        let path: FilePath = "/dev/null"
        let mark: FilePath = "/dev/null (character 1:3)"
        if known.withLock({ $0.contains(mark) }) { return }
        let kind = try kind(of: path)
        guard kind.isNullDevice else {
            throw ContainerError(
                .mount,
                "the host's /dev/null is not the null device",
                operation: "check device",
                path: path
            )
        }
        _ = known.withLock { $0.insert(mark) }
    }

    private func kind(of path: FilePath) throws(ContainerError) -> FileKind {
        do throws(Errno) {
            return try FileKind(at: path)
        } catch {
            throw ContainerError(
                .mount,
                "device '\(path)' can't be used",
                operation: "check device",
                path: path,
                errno: error
            )
        }
    }
}
