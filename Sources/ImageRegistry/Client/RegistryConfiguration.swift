// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// How a client talks to registries.
public struct RegistryConfiguration: Sendable {
    /// Registries that may be spoken to without encryption or with a certificate nobody vouches for, as `host` or
    /// `host:port`.
    ///
    /// Loopback addresses always may.
    public var insecureRegistries: Set<String> = []

    /// Files with further certificate authorities to trust, in PEM form.
    public var certificateAuthorities: [FilePath] = []

    /// Directories that hold certificates for single registries, in a directory named `host` or `host:port` each.
    ///
    /// There, `*.crt` are authorities to trust for that registry alone, and `NAME.cert` with `NAME.key` is what this
    /// client shows to it: the form that Docker and Podman share.
    public var certificateDirectories: [FilePath] = ["/etc/docker/certs.d", "/etc/containers/certs.d"]

    /// Where credentials come from.
    public var credentials: any CredentialSource = DockerConfigurationFile()

    /// How many layers are transferred at a time.
    public var concurrentLayers = 3

    /// When failed requests are tried again.
    public var retries = RetryPolicy()

    /// How long a connection may take to be made.
    public var connectTimeout: Duration = .seconds(15)

    /// How long a registry may send nothing at all.
    public var idleTimeout: Duration = .seconds(60)

    /// The proxies to use; those of the environment by default.
    public var proxies = ProxySettings.environment

    /// The largest piece a layer is uploaded in; `nil` to upload each layer in one request.
    public var uploadChunkSize: Int64?

    /// What the client calls itself.
    public var userAgent = "nestbox"

    /// Makes the default configuration.
    public init() {}
}
