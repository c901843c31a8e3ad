import LinuxSys
