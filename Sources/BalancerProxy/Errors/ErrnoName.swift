// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The names of the errors that sockets give.
enum ErrnoName {
    private static let names: [CInt: String] = [
        EACCES: "EACCES", EADDRINUSE: "EADDRINUSE", EADDRNOTAVAIL: "EADDRNOTAVAIL", EAFNOSUPPORT: "EAFNOSUPPORT",
        EAGAIN: "EAGAIN", EBADF: "EBADF", ECONNABORTED: "ECONNABORTED", ECONNREFUSED: "ECONNREFUSED",
        ECONNRESET: "ECONNRESET", EEXIST: "EEXIST", EHOSTDOWN: "EHOSTDOWN", EHOSTUNREACH: "EHOSTUNREACH",
        EINVAL: "EINVAL", EIO: "EIO", EISDIR: "EISDIR", EMFILE: "EMFILE", ENAMETOOLONG: "ENAMETOOLONG",
        ENETDOWN: "ENETDOWN", ENETUNREACH: "ENETUNREACH", ENFILE: "ENFILE", ENOBUFS: "ENOBUFS", ENODEV: "ENODEV",
        ENOENT: "ENOENT", ENOMEM: "ENOMEM", ENOTCONN: "ENOTCONN", ENOTDIR: "ENOTDIR", ENOTSOCK: "ENOTSOCK",
        EOPNOTSUPP: "EOPNOTSUPP", EPERM: "EPERM", EPIPE: "EPIPE", EPROTONOSUPPORT: "EPROTONOSUPPORT",
        EROFS: "EROFS", ETIMEDOUT: "ETIMEDOUT",
    ]

    /// The symbol, such as `ECONNREFUSED`; `errno 123` for the ones that sockets do not give.
    static func of(_ number: CInt) -> String {
        names[number] ?? "errno \(number)"
    }
}
