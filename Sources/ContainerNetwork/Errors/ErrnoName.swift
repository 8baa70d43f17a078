// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The names of the errors that the kernel's network calls give.
enum ErrnoName {
    private static let names: [CInt: String] = [
        EACCES: "EACCES", EADDRINUSE: "EADDRINUSE", EADDRNOTAVAIL: "EADDRNOTAVAIL", EAFNOSUPPORT: "EAFNOSUPPORT",
        EAGAIN: "EAGAIN", EBADF: "EBADF", EBUSY: "EBUSY", ECONNREFUSED: "ECONNREFUSED", EEXIST: "EEXIST",
        EINVAL: "EINVAL", EIO: "EIO", EMFILE: "EMFILE", EMSGSIZE: "EMSGSIZE", ENAMETOOLONG: "ENAMETOOLONG",
        ENETDOWN: "ENETDOWN", ENETUNREACH: "ENETUNREACH", ENFILE: "ENFILE", ENOBUFS: "ENOBUFS", ENODEV: "ENODEV",
        ENOENT: "ENOENT", ENOMEM: "ENOMEM", ENOSPC: "ENOSPC", ENOSYS: "ENOSYS", ENOTDIR: "ENOTDIR", ENXIO: "ENXIO",
        EOPNOTSUPP: "EOPNOTSUPP", EPERM: "EPERM", EPROTONOSUPPORT: "EPROTONOSUPPORT", ERANGE: "ERANGE",
        EROFS: "EROFS", ESRCH: "ESRCH", ETIMEDOUT: "ETIMEDOUT", EUSERS: "EUSERS",
    ]

    /// The symbol, such as `EPERM`; `errno 123` for the ones that are not expected.
    static func of(_ number: CInt) -> String {
        names[number] ?? "errno \(number)"
    }
}
