import Testing

@testable import Builds

@Suite("Stack recipes")
struct StackRecipeTests {
    @Test("the mirror is found in both formats of apt's sources")
    func findsMirror() {
        #expect(
            DebianMirror.find(in: "# x\ndeb [arch=amd64 signed-by=/x] http://mirror.example.com/debian/ bookworm main\n")
                == "http://mirror.example.com/debian")
        #expect(
            DebianMirror.find(in: "Types: deb\nURIs: https://ftp.de.debian.org/debian\nSuites: trixie\n")
                == "https://ftp.de.debian.org/debian")
        #expect(DebianMirror.find(in: "URIs: http://deb.debian.org/debian-security\n") == nil)
        #expect(
            DebianMirror.find(in: "deb https://deb.nodesource.com/node_20.x nodistro main\ndeb cdrom:[x]/ x\n#deb http://x/debian y\n")
                == nil)
        #expect(DebianMirror.find(in: "") == nil)
    }

    @Test("each flavour has a name of its own, which changes with what it stands on")
    func namesRecipes() {
        let references = Flavour.allCases.map { StackRecipe(flavour: $0).reference }
        #expect(Set(references).count == Flavour.allCases.count)
        #expect(StackRecipe(flavour: .python).reference.hasPrefix("localhost/switchyard/stack:python-"))
        #expect(StackRecipe(flavour: .python).alias == "localhost/switchyard/stack:python")
        #expect(Flavour.pythonBuild.lineage == [.base, .python, .pythonBuild])
    }
}
