// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Functions of glibc that Swift's `Glibc` module leaves out, because its headers are not in that module's map.
///
/// Each takes integers and pointers only and returns one, which the Swift and the C calling conventions pass alike on
/// the platforms of this package (x86-64 and arm64).
enum Libc {
    /// `strerrorname_np(3)`: the symbol of an error number, or nil for an unknown one.
    @_silgen_name("strerrorname_np")
    static func errorName(_ number: CInt) -> UnsafePointer<CChar>?

    /// `syncfs(2)`: writes back everything of the filesystem that holds `descriptor`.
    @_silgen_name("syncfs")
    static func syncFilesystem(_ descriptor: CInt) -> CInt

    /// `renameat2(2)`, for its flags.
    @_silgen_name("renameat2")
    static func rename(
        _ oldDirectory: CInt,
        _ oldName: UnsafePointer<CChar>,
        _ newDirectory: CInt,
        _ newName: UnsafePointer<CChar>,
        _ flags: CUnsignedInt
    ) -> CInt

    /// `flistxattr(2)`.
    @_silgen_name("flistxattr")
    static func listAttributes(_ descriptor: CInt, _ list: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int

    /// `fgetxattr(2)`.
    @_silgen_name("fgetxattr")
    static func getAttribute(
        _ descriptor: CInt,
        _ name: UnsafePointer<CChar>,
        _ value: UnsafeMutableRawPointer?,
        _ size: Int
    ) -> Int

    /// `fsetxattr(2)`.
    @_silgen_name("fsetxattr")
    static func setAttribute(
        _ descriptor: CInt,
        _ name: UnsafePointer<CChar>,
        _ value: UnsafeRawPointer?,
        _ size: Int,
        _ flags: CInt
    ) -> CInt

    /// `listxattr(2)`.
    @_silgen_name("listxattr")
    static func listPathAttributes(
        _ path: UnsafePointer<CChar>,
        _ list: UnsafeMutablePointer<CChar>?,
        _ size: Int
    ) -> Int

    /// `getxattr(2)`.
    @_silgen_name("getxattr")
    static func getPathAttribute(
        _ path: UnsafePointer<CChar>,
        _ name: UnsafePointer<CChar>,
        _ value: UnsafeMutableRawPointer?,
        _ size: Int
    ) -> Int

    /// `llistxattr(2)`: of the link itself.
    @_silgen_name("llistxattr")
    static func listLinkAttributes(
        _ path: UnsafePointer<CChar>,
        _ list: UnsafeMutablePointer<CChar>?,
        _ size: Int
    ) -> Int

    /// `lgetxattr(2)`: of the link itself.
    @_silgen_name("lgetxattr")
    static func getLinkAttribute(
        _ path: UnsafePointer<CChar>,
        _ name: UnsafePointer<CChar>,
        _ value: UnsafeMutableRawPointer?,
        _ size: Int
    ) -> Int

    /// `lsetxattr(2)`: of the link itself.
    @_silgen_name("lsetxattr")
    static func setLinkAttribute(
        _ path: UnsafePointer<CChar>,
        _ name: UnsafePointer<CChar>,
        _ value: UnsafeRawPointer?,
        _ size: Int,
        _ flags: CInt
    ) -> CInt
}
