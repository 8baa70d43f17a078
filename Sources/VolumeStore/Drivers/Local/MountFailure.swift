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
        "the volume's device '\(device)' can't be mounted as \(type): \(reason(errno, type: type))"
    }

    private static func reason(_ errno: Errno, type: String) -> String {
        switch errno {
        case .operationNotSupportedByDevice:
            "the kernel knows no filesystem '\(type)'; load its module, or build it in"
        case .notBlockDevice: "the device is no block device, and '\(type)' needs one"
        case .noSuchFileOrDirectory: "the device, or the directory that it shares, does not exist"
        case .connectionRefused, .timedOut, .noRouteToHost, .networkUnreachable, .noSuchAddressOrDevice, .hostIsDown:
            "the server does not answer"
        case .permissionDenied: "the server, or the device, refuses access; look at 'o' for what it needs"
        case .notPermitted: "only root may mount"
        case .readOnlyFileSystem: "the device can only be read: add 'ro' to 'o'"
        case .resourceBusy: "the device is in use already"
        case .invalidArgument where isNetwork(type):
            "an option is missing or unknown; network filesystems need 'addr=SERVER' in 'o'"
        case .invalidArgument: "an option is unknown, or the device holds no filesystem of this type"
        default: "see the cause"
        }
    }

    /// Whether a filesystem of this type comes from a server, and has its address among the options.
    static func isNetwork(_ type: String) -> Bool {
        type.hasPrefix("nfs") || type == "cifs" || type == "smb3"
    }
}
