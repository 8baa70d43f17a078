// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import ImageStore

extension TreeRoot {
    /// Gives what was changed later than a time, in seconds since 1970, that time: the files then have the times that
    /// their archive says.
    func clampTimes(to latest: Int, cancellation: CancellationFlag) throws {
        try Self.clampTimes(in: directory, to: latest, cancellation)
    }

    private static func clampTimes(in directory: OpenFile, to latest: Int, _ cancellation: CancellationFlag) throws {
        try cancellation.check()
        for name in try directory.names() {
            guard let status = try directory.status(of: name) else { continue }
            if status.isDirectory, let child = try directory.open(name, O_RDONLY | O_DIRECTORY) {
                try clampTimes(in: child, to: latest, cancellation)
            }
            guard status.modified.seconds >= latest else { continue }
            let time = nestbox_time(latest, 0)
            try SystemCall.check("utimensat", name.description) {
                utimensat(directory.number, name.bytes, [time, time], AT_SYMLINK_NOFOLLOW)
            }
        }
    }
}
