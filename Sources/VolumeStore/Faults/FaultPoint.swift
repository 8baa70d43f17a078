// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// The places where a disk can fail or a process can die half-way, so that tests can make each of them happen.
///
/// Outside of tests nothing is injected and passing a point costs one look at a task-local value.
package enum FaultPoint {
    /// What the current task injects.
    @TaskLocal package static var injector: FaultInjector?

    /// Stands before the operation of that name.
    static func pass(_ operation: String, _ path: @autoclosure () -> FilePath) throws(VolumeError) {
        guard let injector else { return }
        let path = path()
        if let errno = injector.fault(operation, path) { throw .system(operation, path, errno: errno) }
    }
}

/// Decides which operations fail.
package final class FaultInjector: Sendable {
    /// Is asked before each operation that changes the disk; a number it returns becomes the operation's failure.
    let fault: @Sendable (_ operation: String, _ path: FilePath) -> Errno?

    /// Makes an injector.
    package init(_ fault: @escaping @Sendable (_ operation: String, _ path: FilePath) -> Errno?) {
        self.fault = fault
    }
}
