// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

/// What a stage says of itself in the plan's memory.
///
/// The stage ends its life inside the container, so nothing it says is believed further than a number in a known range
/// and some text that is made printable.
struct StageReport: Equatable {
    /// Where the stage has come to.
    enum State: Equatable {
        case starting
        case waiting
        case executing
        case failed(index: Int, errno: Errno)
    }

    var state: State
    /// The process that has taken the stage's place, as this process counts; 0 where there is none.
    var sibling: Int32
    /// The kernel's own words on the failure, if it gave any.
    var detail: String

    /// Reads the report from the plan's memory file.
    init(readingFrom memory: FileDescriptor) throws(Errno) {
        var header = nestbox_plan_header()
        do {
            let count = try withUnsafeMutableBytes(of: &header) {
                try memory.read(fromAbsoluteOffset: 0, into: $0)
            }
            guard count == MemoryLayout<nestbox_plan_header>.size else { throw Errno.ioError }
        } catch let errno as Errno {
            throw errno
        } catch {
            throw .ioError
        }
        self.init(header)
    }

    init(_ header: nestbox_plan_header) {
        state =
            switch header.state {
            case UInt32(NESTBOX_STAGE_WAITING.rawValue): .waiting
            case UInt32(NESTBOX_STAGE_EXECUTING.rawValue): .executing
            case UInt32(NESTBOX_STAGE_FAILED.rawValue):
                .failed(
                    index: Int(header.failed_index),
                    errno: Errno(rawValue: (1...4095).contains(header.failed_errno) ? header.failed_errno : 5)
                )
            default: .starting
            }
        sibling = max(0, header.sibling)
        detail = withUnsafeBytes(of: header.detail) { bytes in
            let text = bytes.prefix { $0 != 0 }.map { $0 >= 32 && $0 < 127 ? $0 : UInt8(ascii: "?") }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
