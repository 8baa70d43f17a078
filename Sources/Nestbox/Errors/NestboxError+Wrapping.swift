// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy
internal import ContainerKit
internal import ContainerNetwork
internal import ImageStore
internal import VolumeStore

extension NestboxError {
    /// The engine's error for one of a module below, which stays its cause.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - action: What could not be done, as `container 'x' can't be started`.
    init(_ error: any Error, _ action: String) {
        switch error {
        case let error as NestboxError: self = error
        case let error as ContainerError: self.init(Self.code(of: error), action, cause: error)
        case let error as ImageStoreError where error.code == .imageNotFound:
            self.init(.imageNotFound, action, cause: error)
        case is ImageStoreError: self.init(.image, action, cause: error)
        case is VolumeError: self.init(.volume, action, cause: error)
        case is NetworkError: self.init(.network, action, cause: error)
        case is ProxyError: self.init(.port, action, cause: error)
        case is SystemFailure: self.init(.state, action, cause: error)
        default: self.init(.launch, action, cause: error)
        }
    }

    /// The store has no image of this name or identifier.
    package static func missingImage(_ name: String) -> NestboxError {
        do {
            _ = try ImageReference(name)
            return NestboxError(.imageNotFound, "no such image: \(name); 'nestbox images' lists those that there are")
        } catch {
            // None can have this name.
            return NestboxError(.imageNotFound, "no such image: \(name)", cause: error)
        }
    }

    private static func code(of error: ContainerError) -> Code {
        switch error.code {
        case .executableNotFound: .executableNotFound
        case .notExecutable: .notExecutable
        case .invalidConfiguration, .mountTargetEscapes, .unknownUser: .invalidSpecification
        default: .launch
        }
    }
}
