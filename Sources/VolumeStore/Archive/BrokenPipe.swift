// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// The headers of libarchive define `struct timespec` once more; either module may be the owner.
import CArchive
import Glibc

/// Writing to a pipe that nobody reads any more raises SIGPIPE, which would end the host application.
enum BrokenPipe {
    /// Runs `body` with the signal held back on this thread; the write fails with EPIPE instead.
    static func held<Value>(_ body: () throws(VolumeError) -> Value) throws(VolumeError) -> Value {
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        var previous = sigset_t()
        pthread_sigmask(SIG_BLOCK, &pipe, &previous)
        defer {
            // The signal goes to the thread that wrote, so it is this thread's to collect.
            var now = timespec(tv_sec: 0, tv_nsec: 0)
            while sigismember(&previous, SIGPIPE) == 0, sigtimedwait(&pipe, nil, &now) == SIGPIPE {}
            pthread_sigmask(SIG_SETMASK, &previous, nil)
        }
        return try body()
    }
}
