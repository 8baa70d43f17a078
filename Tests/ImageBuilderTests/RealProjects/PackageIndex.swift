// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A package index for pip on loopback, with one small package.
final class PackageIndex {
    let address: String
    private let process: pid_t

    init(in directory: FilePath) throws {
        let root = "\(directory)/index"
        try Shell.run(
            """
            mkdir -p '\(root)/simple/nestgreeting' && cd '\(root)' && python3 - <<'END'
            import zipfile
            name = "nestgreeting-1.0-py3-none-any.whl"
            with zipfile.ZipFile("simple/nestgreeting/" + name, "w") as wheel:
                wheel.writestr("nestgreeting.py", "def greet(name):\\n    return 'greetings, ' + name\\n")
                info = "nestgreeting-1.0.dist-info/"
                wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: nestgreeting\\nVersion: 1.0\\n")
                wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                wheel.writestr(info + "RECORD", "")
            with open("simple/nestgreeting/index.html", "w") as page:
                page.write('<a href="%s">%s</a>' % (name, name))
            END
            """
        )
        try BuildFixture.write(
            """
            import http.server, functools, sys
            class Handler(http.server.SimpleHTTPRequestHandler):
                def end_headers(self):
                    self.send_header("Cache-Control", "max-age=600")
                    super().end_headers()
                def log_message(self, *arguments): pass
            server = http.server.HTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=sys.argv[1]))
            with open(sys.argv[1] + "/port.new", "w") as file: file.write(str(server.server_port))
            import os
            os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
            server.serve_forever()

            """,
            to: "\(root)/server.py"
        )
        let words: [String] = ["python3", "\(root)/server.py", root]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        guard posix_spawnp(&pid, "python3", nil, nil, &arguments, environ) == 0 else { throw Errno(rawValue: errno) }
        process = pid
        var port = ""
        for _ in 0..<500 where port.isEmpty {
            port = (try? Shell.text("\(root)/port")) ?? ""
            usleep(20_000)
        }
        address = "http://127.0.0.1:\(port)/simple"
    }

    /// Ends the server.
    func stop() {
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }
}
