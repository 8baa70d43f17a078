// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

/// An existing mount namespace that a container joins, in which its files are looked up.
final class JoinedMounts: Sendable {
    let path: FilePath
    let namespace: Descriptor

    /// - Throws: ``ContainerError`` of code `namespace` if the file is missing or no mount namespace's.
    init(_ path: FilePath, fault: LaunchFault) throws {
        self.path = path
        namespace = try HostMountPreparation(fault: fault).namespace(path, .mount)
    }

    /// Does something in the namespace and waits for it.
    ///
    /// Only a thread can be in another namespace than its process; one is made for this and ends after it.
    ///
    /// - Throws: What the closure throws, or ``ContainerError`` of code `namespace` if it can't be entered.
    func run<Value>(_ body: () throws -> Value) throws -> Value {
        var result: Result<Value, any Error>?
        let status = withoutActuallyEscaping({ result = Result { try body() } }) { work in
            withUnsafePointer(to: work) { pointer in
                nestbox_run_in_namespace(
                    namespace.rawValue,
                    NamespaceKind.mount.rawValue,
                    { $0?.assumingMemoryBound(to: (() -> Void).self).pointee() },
                    UnsafeMutableRawPointer(mutating: pointer)
                )
            }
        }
        if let result { return try result.get() }
        throw ContainerError(
            .namespace,
            "mount namespace '\(path)' can't be entered",
            operation: "enter mount namespace",
            path: path,
            errno: Errno(rawValue: -status)
        )
    }
}

extension ContainerConfiguration {
    /// Whether the root filesystem is the tree as a mount namespace has it.
    var changesNothingOfRoot: Bool {
        guard case .directory("/") = rootFilesystem.source else { return false }
        return !rootFilesystem.isReadOnly && rootFilesystem.propagation == nil && mounts.isEmpty
            && maskedPaths.isEmpty && readOnlyPaths.isEmpty
    }
}
