// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// An HTTP proxy that tunnels everything to one server, whatever host it is asked for, and writes down what it was asked.
final class TunnelProxy {
    let authority: String
    let log: FilePath
    private let pid: pid_t

    init(to server: String, in workspace: Workspace) async throws {
        let port = try Loopback.freePort()
        authority = "127.0.0.1:\(port)"
        log = workspace.directory.appending("proxy.log")
        let program = try workspace.write(Self.program, as: "proxy.py")
        pid = try Process.start(["python3", program.string, "\(port)", server, log.string])
        try await Loopback.waitForServer(port)
    }

    deinit {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    private static let program = """
        import socket, sys, threading
        host, port = sys.argv[2].split(':')
        log = open(sys.argv[3], 'w', buffering=1)

        def relay(source, target):
            try:
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        def serve(client):
            head = b''
            while b'\\r\\n\\r\\n' not in head:
                data = client.recv(4096)
                if not data:
                    return
                head += data
            print(head.split(b'\\r\\n')[0].decode(), file=log)
            server = socket.create_connection((host, int(port)))
            client.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\n')
            threading.Thread(target=relay, args=(server, client), daemon=True).start()
            relay(client, server)

        listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """
}
