// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

/// The archive of a root filesystem in which the host's nginx serves, with the libraries that it needs.
final class WebArchive: Sendable {
    let directory: TemporaryDirectory
    var path: FilePath { directory.path.appending("web.tar") }

    init() throws {
        directory = try TemporaryDirectory()
        let root = directory.path.appending("r").string
        let libraries = try Shell.run(["ldd", Machine.nginx ?? "nginx"]).output
            .split(whereSeparator: \.isWhitespace)
            .filter { $0.hasPrefix("/") }
        for name in ["usr/sbin", "etc", "tmp", "var/lib/nginx", "var/log/nginx", "bin"] {
            try Shell.run(["mkdir", "-p", "\(root)/\(name)"])
        }
        try Shell.run(["cp", Machine.nginx ?? "", "\(root)/usr/sbin/nginx"])
        try Shell.run(["cp", Machine.busybox ?? "", "\(root)/bin/busybox"])
        for tool in ["awk", "grep", "nslookup", "rm", "sh", "sleep", "test", "touch"] {
            symlink("busybox", "\(root)/bin/\(tool)")
        }
        for library in libraries {
            let place = FilePath(root + library)
            try Shell.run(["mkdir", "-p", place.removingLastComponent().string])
            try Shell.run(["cp", "-L", String(library), place.string])
        }
        try directory.write("root:x:0:0:root:/root:/bin/sh\n", to: "r/etc/passwd")
        try directory.write("root:x:0:\n", to: "r/etc/group")
        var configuration = Self.configuration
        if let module = Machine.nginxStreams {
            try Shell.run(["cp", "-L", module, "\(root)/usr/sbin/streams.so"])
            // Modules come before all else.
            configuration = Self.datagrams + configuration
        }
        try directory.write(configuration, to: "r/etc/nginx.conf")
        let finished = try Shell.run(["tar", "-C", root, "-cf", path.string, "."])
        guard finished.status == 0 else { throw Shell.Failure(arguments: ["tar"], reason: finished.error) }
    }

    /// Another server's part of the configuration: it answers each datagram with its name.
    private static let datagrams = #"""
        load_module /usr/sbin/streams.so;
        stream { server { listen 53 udp; return "$hostname"; } }

        """#

    /// What runs the server.
    static let command = ["/usr/sbin/nginx", "-c", "/etc/nginx.conf"]

    /// One process, which answers in one piece: with its name, with the headers that it got, or with a report of its
    /// load.
    private static let configuration = #"""
        daemon off;
        master_process off;
        user root;
        pid /tmp/nginx.pid;
        error_log stderr;
        events { worker_connections 512; }
        http {
            access_log off;
            default_type text/plain;
            server {
                listen 80;
                location / { return 200 "$hostname\n"; }
                location = /headers { return 200 "$http_x_forwarded_for|$http_x_forwarded_proto|$http_via\n"; }
                location = /report {
                    add_header endpoint-load-metrics "TEXT application_utilization=0.9";
                    return 200 "$hostname\n";
                }
            }
            server {
                listen 81 http2;
                location / { return 200 "$server_protocol $hostname\n"; }
            }
        }

        """#
}

extension Machine {
    static let nginx: String? = ["/usr/sbin/nginx", "/usr/bin/nginx"].first { access($0, X_OK) == 0 }
}

extension Machine {
    /// nginx's module for what is not HTTP.
    static let nginxStreams: String? = ["/usr/lib/nginx/modules/ngx_stream_module.so"].first { access($0, R_OK) == 0 }
}

extension Trait where Self == ConditionTrait {
    /// Runs web servers in containers.
    static var runsWebServers: Self {
        .enabled(
            if: Machine.isRoot && Machine.busybox != nil && Machine.nginx != nil,
            "needs root and the packages nginx-light and busybox-static, to run web servers in containers"
        )
    }

    /// Runs servers for datagrams in containers.
    static var runsDatagramServers: Self {
        .enabled(
            if: Machine.isRoot && Machine.busybox != nil && Machine.nginx != nil && Machine.nginxStreams != nil,
            "needs root and the packages libnginx-mod-stream and busybox-static, to run servers in containers"
        )
    }
}
