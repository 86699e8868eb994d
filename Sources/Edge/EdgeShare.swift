public import FoundationEssentials
import Glibc

/// The template and the Lua files that come with the program.
public enum EdgeShare {
    /// What the folder holds.
    struct Files {
        var template: String
        /// The Lua files, sorted by name.
        var programs: [String]
    }

    /// The folder with the edge's files: `edge` below `SWITCHYARD_SHARE`, else `../share/switchyard/edge` beside the running
    /// program, else `edge` in a source tree above it.
    /// - Throws: `EdgeError(.files)`.
    public static func find(environment: [String: String] = ProcessInfo.processInfo.environment) throws(EdgeError) -> String {
        if let share = environment["SWITCHYARD_SHARE"] {
            return try check([share + "/edge"])
        }
        var folder = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        folder = parent(of: folder)
        var candidates = [parent(of: folder) + "/share/switchyard/edge"]
        while !folder.isEmpty {
            folder = parent(of: folder)
            candidates.append(folder + "/edge")
        }
        return try check(candidates)
    }

    static func read(_ folder: String) throws(EdgeError) -> Files {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/lua").filter { $0.hasSuffix(".lua") }.sorted()
            return Files(
                template: try String(contentsOfFile: folder + "/nginx.conf", encoding: .utf8),
                programs: try names.map { try String(contentsOfFile: "\(folder)/lua/\($0)", encoding: .utf8) })
        } catch {
            throw EdgeError(.files, "the edge's files in \(folder) cannot be read: \(error)")
        }
    }

    private static func check(_ candidates: [String]) throws(EdgeError) -> String {
        guard let folder = candidates.first(where: { access($0 + "/nginx.conf", R_OK) == 0 && access($0 + "/lua/edge.lua", R_OK) == 0 })
        else {
            throw EdgeError(
                .files, "the edge's files are in none of \(candidates.joined(separator: ", "))",
                hint: "set SWITCHYARD_SHARE to the folder that holds edge/nginx.conf")
        }
        return folder
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }
}
