// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

extension CgroupLayout {
    /// The layout of this process, read from the kernel.
    ///
    /// - Throws: ``ContainerError`` if `/proc` can't be read.
    package static func current() throws -> CgroupLayout {
        CgroupLayout(
            mountInfo: try contents(of: "/proc/self/mountinfo"),
            processCgroup: try contents(of: "/proc/self/cgroup")
        )
    }

    private static func contents(of path: FilePath) throws -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                while true {
                    let chunk = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                    }
                    if chunk.isEmpty { return bytes }
                    bytes += chunk
                }
            }
        } catch let errno as Errno {
            throw ContainerError(
                .cgroup,
                "can't find out where control groups are mounted",
                operation: "read",
                path: path,
                errno: errno
            )
        }
    }
}
