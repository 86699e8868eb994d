import Glibc
import Yard

exit(await YardProgram.run(Array(CommandLine.arguments.dropFirst())))
