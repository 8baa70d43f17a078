// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension SystemFailure {
    /// What `cp` could not do, and with which file; the kernel's reason comes behind it.
    var copyingReason: String {
        let action =
            switch operation {
            case "fstatat": "found"
            case "open", "openat", "openat2": "opened"
            case "mkdirat", "create": "made"
            case "unlinkat": "replaced"
            case "read", "readlinkat", "fdopendir": "read"
            case "write": "written"
            case "chown", "fchown", "fchownat": "given its owner"
            case "fchmod": "given its permissions"
            case "futimens": "given its times"
            default: "looked at"
            }
        return "'\(path?.string ?? ".")' can't be \(action)"
    }

    /// The failure as the directory above the file sees it.
    func inside(_ directory: String) -> SystemFailure {
        let inner = path.map { FilePath(directory).pushing($0) } ?? FilePath(directory)
        return SystemFailure(operation, inner, errno)
    }
}
