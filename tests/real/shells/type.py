"""Types lines into a real shell, completes each with Tab, and prints the words that the shell then makes of it: [a][b].

type.py SHELL STUB, with a line of standard input for each line to type. The shell reads no files of the user's.
"""

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

shell, stub = sys.argv[1:]
# The words that follow, as the shell would hand them to a program.
setup = {
    "bash": ["PS1='ready> '", "bind 'set bell-style none'", f"source '{stub}'", "show() { printf '%s' words:; printf '[%s]' \"$@\"; echo :end; }"],
    "zsh": [
        "PROMPT='ready> '; unsetopt zle_bracketed_paste 2>/dev/null; setopt no_beep; bindkey -e",
        f"fpath=('{os.path.dirname(stub)}' $fpath); autoload -Uz compinit; compinit -u -D",
        "show() { printf '%s' words:; printf '[%s]' \"$@\"; echo :end }",
    ],
    "fish": [
        "function fish_prompt; printf 'ready> '; end; set fish_greeting; set fish_autosuggestion_enabled 0",
        f"source '{stub}'",
        "function show; printf '%s' words:; printf '[%s]' $argv; echo :end; end",
    ],
}[shell]
command = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}[shell]

child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    os.execvp(command[0], command)
# A line that wraps could not be read back.
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 1000, 0, 0))


def read(until, limit):
    """What the terminal shows until `until` is in it, or nothing came for `limit` seconds."""
    seen = b""
    while until is None or until not in seen:
        ready, _, _ = select.select([terminal], [], [], limit)
        if not ready:
            break
        try:
            seen += os.read(terminal, 65536)
        except OSError:
            break
    return seen.decode(errors="replace")


read(None, 1.0)
for line in setup:
    os.write(terminal, line.encode() + b"\r")
    read(None, 0.6)

for line in sys.stdin.read().splitlines():
    os.write(terminal, line.encode())
    read(None, 0.2)
    os.write(terminal, b"\t")
    read(None, 0.8)
    # To the beginning of the line, and `show` in place of what is run.
    os.write(terminal, b"\x01show \r")
    shown = read(b":end", 3.0)
    words = re.findall(r"words:(.*?):end", shown)
    print(words[-1] if words else "NOTHING: " + repr(shown[-300:]), flush=True)
    read(None, 0.2)

os.write(terminal, b"exit\r")
time.sleep(0.1)
os.close(terminal)
