"""The three engines, and how a command of theirs is started and timed."""

import glob
import os
import statistics
import time

NULL = os.open("/dev/null", os.O_RDWR)


class Tool:
    """One engine: the words in front of every command, and whether it works here."""

    def __init__(self, name, prefix, version):
        self.name, self.prefix, self.version = name, prefix, version
        self.broken = None

    def start(self, *arguments, output=None):
        """Starts a command without a shell; posix_spawn keeps this process's own size out of the measurement."""
        words = self.prefix + list(arguments)
        target = NULL if output is None else output
        actions = [(os.POSIX_SPAWN_DUP2, NULL, 0), (os.POSIX_SPAWN_DUP2, target, 1), (os.POSIX_SPAWN_DUP2, target, 2)]
        return os.posix_spawnp(words[0], words, os.environ, file_actions=actions)

    def run(self, *arguments):
        """Runs a command to its end; returns its exit code."""
        return os.waitstatus_to_exitcode(os.waitpid(self.start(*arguments), 0)[1])

    def text(self, *arguments):
        """Runs a command; returns its exit code and everything it wrote."""
        reader, writer = os.pipe()
        child = self.start(*arguments, output=writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as stream:
            text = stream.read().decode(errors="replace")
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text

    def check(self, *arguments):
        code, text = self.text(*arguments)
        if code != 0:
            raise RuntimeError(f"{self.name} {' '.join(arguments)}: exit code {code}: {text.strip()[-300:]}")
        return text.strip()

    def seconds(self, *arguments):
        begin = time.perf_counter()
        code = self.run(*arguments)
        duration = time.perf_counter() - begin
        if code != 0:
            self.check(*arguments)  # once more, for its words
            raise RuntimeError(f"{self.name} {' '.join(arguments)}: exit code {code} once")
        return duration

    def each(self, argument_lists, at_once):
        """Runs many commands, a number of them at once; all must succeed."""
        waiting, running = list(argument_lists), 0
        while waiting or running:
            if waiting and running < at_once:
                self.start(*waiting.pop())
                running += 1
                continue
            code = os.waitstatus_to_exitcode(os.wait()[1])
            running -= 1
            if code != 0:
                while running:
                    os.wait()
                    running -= 1
                raise RuntimeError(f"{self.name}: one of many commands ended with {code}")


def interleaved(tools, runs, measure, prepare=lambda: None):
    """Calls measure(tool) in turns, prepare() before each round; returns {name: median} and notes what failed."""
    results = {tool.name: [] for tool in tools}
    failed = {}
    for _ in range(runs):
        prepare()
        for tool in tools:
            if tool.name in failed:
                continue
            try:
                results[tool.name].append(measure(tool))
            except (RuntimeError, OSError) as error:
                failed[tool.name] = str(error)
    medians = {name: statistics.median(values) for name, values in results.items() if values and name not in failed}
    return medians, failed


def pss_kib(names):
    """Sum of the proportional set sizes of all processes whose command line or name begins with one of the names."""
    total = 0
    for folder in glob.glob("/proc/[0-9]*"):
        try:
            with open(folder + "/cmdline", "rb") as file:
                words = file.read().split(b"\0")[0].decode(errors="replace")
            with open(folder + "/comm", encoding="utf-8", errors="replace") as file:
                comm = file.read().strip()
            if not any(os.path.basename(words).startswith(name) or words.startswith(name) or comm.startswith(name[:15]) for name in names):
                continue
            with open(folder + "/smaps_rollup", encoding="ascii") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            continue  # ended meanwhile, or not ours
    return total
