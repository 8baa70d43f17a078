// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// The places where a disk can fail or a process can die half-way, so that tests can make each of them happen.
///
/// Outside of tests nothing is injected and passing a point costs one look at a task-local value.
package enum FaultPoint {
    /// Is asked before each operation that changes the disk; a number it returns becomes the operation's failure.
    package typealias Injector = @Sendable (_ operation: String, _ path: FilePath) -> Errno?

    /// What the current task injects.
    @TaskLocal package static var injector: Injector?

    /// Stands before the operation of that name.
    static func pass(_ operation: String, _ path: @autoclosure () -> FilePath) throws(VolumeError) {
        guard let injector else { return }
        let path = path()
        if let errno = injector(operation, path) { throw .system(operation, path, errno: errno) }
    }
}
