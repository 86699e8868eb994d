import Kernel
import Resources
import Testing

struct AuthorizationTests {
    private let workspace = Workspace.ID.new()

    @Test("each role has what the smaller ones have, and a viewer changes nothing")
    func rolesNest() {
        let roles: [Role] = [.viewer, .member, .admin, .owner]
        for (smaller, larger) in zip(roles, roles.dropFirst()) {
            #expect(PermissionTable.permissions(of: smaller).isSubset(of: PermissionTable.permissions(of: larger)))
        }
        let reading: Set<Permission> = [.workspaceRead, .projectRead, .deploymentRead, .logRead, .eventRead]
        #expect(PermissionTable.permissions(of: .viewer) == reading)
    }

    @Test("no role opens sealed variables", arguments: Role.allCases)
    func nobodyUnseals(role: Role) {
        #expect(!PermissionTable.permissions(of: role).contains(.variableUnseal))
    }

    @Test("another workspace looks as if it weren't there; too small a role is told so")
    func refusals() throws {
        let caller = Caller(user: .new(), roles: [workspace: .viewer])
        #expect(throws: Never.self) { try caller.access(to: workspace, .projectRead) }
        #expect(throws: SwitchyardError.self) { try caller.access(to: workspace, .projectWrite) }
        let foreign = #expect(throws: SwitchyardError.self) { try caller.access(to: .new(), .projectRead) }
        #expect(foreign?.kind == .notFound)
    }
}
