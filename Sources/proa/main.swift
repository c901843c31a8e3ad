import LinuxSys

let text = "proa\n"
do { try Descriptor(owning: 1).write(text) } catch { Process.exit(1) }
