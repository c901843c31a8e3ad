import Commands
import LinuxSys

Process.exit(Program.run(Process.arguments, startedNanoseconds: Clock.monotonicNanoseconds()))
