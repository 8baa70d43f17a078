// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

extension StageOperation: CustomStringConvertible {
    /// What the operation does, in words that an error can use.
    ///
    /// Environment values are never part of it.
    package var description: String {
        switch self {
        case .parentDeathSignal(let signal): "set the parent death signal to \(signal)"
        case .newSession: "start a session"
        case .joinCgroup(_, let name): "join cgroup \(name)"
        case .joinNamespace(_, let kind): "join \(kind) namespace"
        case .unshare(let kind): "make \(kind) namespace"
        case .isolateMounts: "isolate the mount namespace"
        case .newFilesystem(let type, _, _, _): "make \(type) filesystem"
        case .cloneHostMount(let path, _, _): "clone \(path)"
        case .cloneFile(_, _, let shown): "clone the file for \(shown)"
        case .mountAttributes: "set mount attributes"
        case .openTarget(_, let path, _, _, _): "open mount target \(path)"
        case .attach(_, _, _, let shown): "mount \(shown)"
        case .changeRoot: "change the root"
        case .joinMounts: "join mount namespace"
        case .enterRoot: "enter the root"
        case .makeDirectory(_, let path, _): "make directory \(path)"
        case .makeFile(_, let path, _): "make file \(path)"
        case .makeLink(_, let path, _): "make link \(path)"
        case .mask(_, _, _, _, let shown): "mask \(shown)"
        case .makeReadOnly(_, _, _, let shown): "make read-only \(shown)"
        case .hostName(let name): "set host name \(name)"
        case .domainName(let name): "set domain name \(name)"
        case .loopback: "bring up loopback"
        case .kernelParameter(_, let path, _): "write kernel parameter \(path)"
        case .oomScore: "set the OOM score adjustment"
        case .resourceLimit(let limit): "limit \(limit.resource.name)"
        case .fileModeMask: "set the file mode mask"
        case .groups, .primaryGroup: "set groups"
        case .boundingSet: "reduce the capability bounding set"
        case .user(let user): "become user \(user)"
        case .capabilities: "set capabilities"
        case .noNewPrivileges: "set no_new_privs"
        case .workingDirectory(let path): "enter working directory \(path)"
        case .gate: "wait for start"
        case .seccomp: "load the seccomp filter"
        case .descriptors: "arrange descriptors"
        case .defaultSignals: "reset signals"
        case .runInit: "run init"
        case .notDumpable: "become undumpable"
        case .close: "close a descriptor"
        case .becomeSibling: "enter the process namespace"
        case .openTerminal: "open a terminal"
        case .controlTerminal: "take control of the terminal"
        case .changeMount(_, _, let shown): "set attributes of \(shown)"
        case .makeNode(_, let path, _): "make device \(path)"
        case .makeDevice(_, let path, _, _): "make device \(path)"
        case .expectMount(_, let shown): "look for a mount at \(shown)"
        case .expectDevice(_, _, _, let shown): "check device \(shown)"
        case .cloneChild(_, _, _, let shown): "clone \(shown)"
        case .timeOffsets: "enter the time namespace"
        case .personality: "set the execution domain"
        case .scheduling: "set the scheduling policy"
        case .ioPriority: "set the I/O priority"
        case .processors: "choose processors"
        case .memoryPolicy: "set the memory policy"
        case .newKeyring: "start a session keyring"
        case .find(_, let program): "find \(program)"
        case .hook(_, let hook): "run hook \(hook.path)"
        case .tellListener: "name the seccomp listener"
        case .execute(_, let arguments, _): "execute \(arguments.first ?? "")"
        }
    }

    /// The path that the operation is about, as the container sees it.
    package var path: FilePath? {
        switch self {
        case .openTarget(_, let path, _, _, _), .workingDirectory(let path), .cloneHostMount(let path, _, _),
            .makeDirectory(_, let path, _),
            .makeFile(_, let path, _), .makeLink(_, let path, _), .kernelParameter(_, let path, _):
            path
        case .hook(_, let hook): hook.path
        case .find(_, let program): FilePath(program)
        case .makeNode(_, let path, _), .makeDevice(_, let path, _, _): path
        case .expectMount(_, let shown), .expectDevice(_, _, _, let shown): shown
        case .cloneFile(_, _, let shown), .changeMount(_, _, let shown), .cloneChild(_, _, _, let shown),
            .attach(_, _, _, let shown), .mask(_, _, _, _, let shown), .makeReadOnly(_, _, _, let shown):
            shown
        case .execute(_, let arguments, _): arguments.first.map { FilePath($0) }
        default: nil
        }
    }
}
