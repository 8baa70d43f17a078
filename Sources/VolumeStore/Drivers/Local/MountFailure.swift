// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// What a failed mount(2) means, which its error number alone does not tell.
///
/// The options are never part of the message: they may hold a password.
enum MountFailure {
    /// The error for a mount that failed with `errno`.
    static func error(_ errno: Errno, type: String, device: String, target: FilePath) -> VolumeError {
        .system("mount", target, errno: errno, message(errno, type: type, device: device))
    }

    static func message(_ errno: Errno, type: String, device: String) -> String {
        "The volume can't be mounted: '\(device)' as \(type). \(reason(errno, type: type))"
    }

    private static func reason(_ errno: Errno, type: String) -> String {
        switch errno {
        case .operationNotSupportedByDevice:
            "The kernel knows no filesystem '\(type)'; load its module, or build it in."
        case .notBlockDevice: "The device is no block device, and '\(type)' needs one."
        case .noSuchFileOrDirectory: "The device, or the directory that it shares, does not exist."
        case .connectionRefused, .timedOut, .noRouteToHost, .networkUnreachable, .noSuchAddressOrDevice, .hostIsDown:
            "The server does not answer."
        case .permissionDenied: "The server, or the device, refuses access; look at 'o' for what it needs."
        case .notPermitted: "Only root may mount."
        case .readOnlyFileSystem: "The device can only be read: add 'ro' to 'o'."
        case .resourceBusy: "The device is in use already."
        case .invalidArgument where isNetwork(type):
            "An option is missing or unknown; network filesystems need 'addr=SERVER' in 'o'."
        case .invalidArgument: "An option is unknown, or the device holds no filesystem of this type."
        default: "See the cause."
        }
    }

    /// Whether a filesystem of this type comes from a server, and has its address among the options.
    static func isNetwork(_ type: String) -> Bool {
        type.hasPrefix("nfs") || type == "cifs" || type == "smb3"
    }
}
