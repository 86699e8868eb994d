import Switchyard

await SwitchyardProgram.run()
