// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A block device that shows the content of a file (loop(4)).
///
/// It is open as long as this value lives, and is taken down by the kernel when nobody has it open or mounted.
struct LoopDevice: ~Copyable {
    /// The requests of linux/loop.h.
    private static let configure: UInt = 0x4C0A
    private static let getStatus: UInt = 0x4C05
    private static let getFree: UInt = 0x4C82
    /// `LO_FLAGS_AUTOCLEAR`.
    private static let autoclear: UInt32 = 4

    /// `/dev/loopN`.
    let path: String
    private let descriptor: CInt

    private init(path: String, descriptor: CInt) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Makes a device for the file, or takes the one that it has.
    ///
    /// Two devices for one file would be two filesystems that know nothing of each other and destroy it. A mount that a
    /// container still holds is such a device, so those are looked through first.
    static func attach(_ file: CInt, path: FilePath) throws(VolumeError) -> LoopDevice {
        let status = try FileStatus(file, path: path)
        if let number = attachedNumber(status), let device = try? open(number), device.shows(status) { return device }
        // Another process may take the free device between the two calls.
        for _ in 0..<64 {
            let device = try open(try freeNumber())
            if device.configure(file) { return device }
            guard Errno.last == .resourceBusy else { throw .system("ioctl LOOP_CONFIGURE", FilePath(device.path)) }
        }
        throw VolumeError(.busy, "no loop device stayed free long enough to be used")
    }

    private static func open(_ number: CInt) throws(VolumeError) -> LoopDevice {
        let path = "/dev/loop\(number)"
        let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", FilePath(path)) }
        return LoopDevice(path: path, descriptor: descriptor)
    }

    private static func freeNumber() throws(VolumeError) -> CInt {
        let control = Glibc.open("/dev/loop-control", O_RDWR | O_CLOEXEC)
        guard control >= 0 else {
            throw .system(
                "open",
                "/dev/loop-control",
                "size-limited volumes need loop devices, which can't be used here"
            )
        }
        defer { close(control) }
        let number = ioctl(control, getFree)
        guard number >= 0 else { throw .system("ioctl LOOP_CTL_GET_FREE", "/dev/loop-control") }
        return number
    }

    /// The number of the device that shows the file already.
    private static func attachedNumber(_ file: FileStatus) -> CInt? {
        guard let names = try? Directory.entries("/sys/block") else { return nil }
        for name in names where name.text.hasPrefix("loop") {
            guard let number = CInt(name.text.dropFirst(4)), Directory.exists(FilePath("/sys/block/loop\(number)/loop"))
            else {
                continue
            }
            if let device = try? open(number), device.shows(file) { return number }
        }
        return nil
    }

    /// Whether the device shows this file, by `lo_device` and `lo_inode` of `struct loop_info64`.
    private func shows(_ file: FileStatus) -> Bool {
        var info = [UInt64](repeating: 0, count: 29)
        guard info.withUnsafeMutableBytes({ ioctl(descriptor, Self.getStatus, $0.base) }) == 0 else {
            return false
        }
        return info[0] == UInt64(file.inode.device) && info[1] == UInt64(file.inode.number)
    }

    /// Fills in `struct loop_config`: the file in bytes 0–3, `info.lo_flags` in bytes 60–63, all else zero.
    private func configure(_ file: CInt) -> Bool {
        var config = [UInt32](repeating: 0, count: 304 / 4)
        config[0] = UInt32(bitPattern: file)
        config[60 / 4] = Self.autoclear
        return config.withUnsafeMutableBytes { ioctl(descriptor, Self.configure, $0.base) } == 0
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The address of a buffer that is not empty.
    fileprivate var base: UnsafeMutableRawPointer {
        guard let baseAddress else { preconditionFailure("An empty buffer was given to a system call.") }
        return baseAddress
    }
}
