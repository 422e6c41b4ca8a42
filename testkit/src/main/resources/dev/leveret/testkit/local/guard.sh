# guard LAUNCHER PROGRAM [EPMD]: runs a program, and an epmd of its own beside it, and lets neither outlive the JVM.
# LAUNCHER is a command that runs them, or empty. epmd has its port and address from the environment.
# Standard input is a pipe whose other end only the JVM has: it ends when the JVM does, in whatever way.

# The terminal's Ctrl-C and hang-up are for the JVM, which then ends the node.
trap '' HUP INT

exec 3<&0 </dev/null
epmd=
if [ $# -gt 2 ]; then
    ${1:+"$1"} "$3" 3<&- &
    epmd=$!
fi
${1:+"$1"} "$2" 3<&- &
node=$!

end() {
    # This may come before the node has written its pid file; the script passes TERM on then.
    pid=$(cat "$RABBITMQ_PID_FILE" 2>/dev/null) && kill -KILL "$pid" 2>/dev/null
    kill -TERM "$node" 2>/dev/null
}
trap end TERM

(
    while read -r line; do :; done <&3
    # Again, since a shell that was only just forked loses a TERM.
    for try in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 "$node" 2>/dev/null || break
        end
        sleep 1
    done
) &
watch=$!

# A signal ends the wait, not the node.
while kill -0 "$node" 2>/dev/null; do wait "$node"; done
# KILL cannot be lost, and neither has anything to put in order.
kill -KILL $epmd "$watch" 2>/dev/null
wait
