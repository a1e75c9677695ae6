# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_abmctl_global_optspecs
    string join \n p/profile= o/output= columns= no-headers raw q/quiet v/verbose log-format= color= no-input timeout= max-wait= h/help V/version
end

function __fish_abmctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_abmctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_abmctl_using_subcommand
    set -l cmd (__fish_abmctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c abmctl -n "__fish_abmctl_needs_command" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_needs_command" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_needs_command" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_needs_command" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_needs_command" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_needs_command" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_needs_command" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_needs_command" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_needs_command" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_needs_command" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_needs_command" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_needs_command" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_needs_command" -s V -l version -d 'Print version'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "domains" -d 'List the organization\'s domains'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "assign" -d 'Show or set the default device management service of each platform'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "adde-url" -d 'Show or set the account-driven enrollment URL'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "discovery-url" -d 'Show or set the account-driven enrollment URL'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "servers" -d 'List device management services, and give them short names'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "tokens" -d 'Make, store and watch server tokens'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "api" -d 'Send any request to the API'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "journal" -d 'Show what was changed from here, and what puts it back'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "auth" -d 'Log in, and see what is used'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "profiles" -d 'List, choose and remove profiles'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "sandbox" -d 'Run an emulator of Apple\'s services, to try anything without an account'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "man" -d 'Write the manual pages into a folder'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -f -a "list" -d 'List every domain that is known, with its status and the evidence for it'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -f -a "check" -d 'Show everything that is known of a domain, and what devices find there'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -f -a "declare" -d 'Record that a domain is listed in the portal'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l status -d 'List only domains of this status' -r -f -a "verified\t'Logged as verified, with no removal since'
pending\t'Logged as added, with no verification since'
removed\t'Logged as removed'
unverified\t'Not verified, as School Manager\'s Roster API says'
unknown\t'Nothing that could be read says'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l since -d 'Read the audit log back to this date, time or duration ago, and no further [default: as far as Apple has it]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l resolver -d 'Ask this resolver in place of the system\'s, as in 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l check -d 'Compare with what is declared, and list only what differs; exit 9 if anything does'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l accounts -d 'Count the Managed Apple Accounts of each domain, which reads every user; the numbers are kept'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l refresh -d 'Read the audit log again, and forget what was kept of it once Apple answers'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l no-dns -d 'Look nothing up in the DNS'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l resolve -d 'Connect to this address for a host, as in acme.com:127.0.0.1:8443; IPv6 in brackets; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l resolver -d 'Ask this resolver in place of the system\'s, as in 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l strict -d 'Exit 9 also if a domain or a platform is not known'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l seen -d 'It was seen on this day [default: today]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l remove -d 'It is not there any more'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l platform -d 'The platforms: mac, iphone, ipad, vision, apple-tv, watch, ipod' -r -f -a "mac\t''
iphone\t''
ipad\t''
vision\t''
apple-tv\t''
watch\t''
ipod\t''"
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l server -d 'The server to set: its id, an alias, or its name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l from -d 'Only if this server is the default now, or with `none` if no server is; else exit 8' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l clear -d 'Set no default'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l even-if-idle -d 'Set the server even if it enrolls nothing: its MDM never connected or not for 7 days, or its token doesn\'t work'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l check -d 'Change nothing; exit 9 if something would be changed'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "list" -d 'List the URL of each server token, with its set time and the token\'s state'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "get" -d 'Show the URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "set" -d 'Set the URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "clear" -d 'Take the URL of a server away'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "check" -d 'Show what a device of each platform finds at a domain, and where it would enroll'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "declare" -d 'Record the URL that a vendor\'s MDM has set, if the vendor holds the server token'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l server -d 'The server: a token\'s name in the configuration, else the id, alias or name of its server; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l all -d 'Every server token of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l server -d 'The server: a token\'s name in the configuration, else the id, alias or name of its server; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l from -d 'Only if this URL is set now, or with `none` if no URL is; else exit 8' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l resolve -d 'Connect to this address for a host, as in acme.com:127.0.0.1:8443; IPv6 in brackets; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l resolver -d 'Ask this resolver in place of the system\'s, as in 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l all -d 'Every server token of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l check -d 'Change nothing; exit 9 if the URL differs'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l no-verify -d 'Don\'t look at the URL first'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l as-is -d 'Send the URL exactly as it is written and check nothing, to put an old URL back'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l server -d 'The server: a token\'s name in the configuration, else the id, alias or name of its server; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l from -d 'Only if this URL is set now; else exit 8' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l all -d 'Every server token of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l check -d 'Change nothing; exit 9 if a URL is set'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l platform -d 'Check these platforms [default: mac,iphone,ipad,vision]' -r -f -a "mac\t''
iphone\t''
ipad\t''
vision\t''
apple-tv\t''
watch\t''
ipod\t''"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l os-version -d 'Judge as this version of a platform\'s system, such as vision=2.1 [default: a recent one]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l user -d 'Ask as this user [default: abmctl-check at each domain]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l resolve -d 'Connect to this address for a host, as in acme.com:127.0.0.1:8443; IPv6 in brackets; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l resolver -d 'Ask this resolver in place of the system\'s, as in 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l probe-enrollment -d 'Ask each enrollment URL whether it wants a bearer token, as a device expects; nobody is enrolled'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l strict -d 'Exit 9 also if a platform is not known, or enrolls through Apple and the domain isn\'t known to be verified'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l server -d 'The server: its id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l seen -d 'It was set on this day, as in 2026-11-25 [default: today]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l remove -d 'Remove what was declared for the server'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "list" -d 'List the URL of each server token, with its set time and the token\'s state'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "get" -d 'Show the URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "set" -d 'Set the URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "clear" -d 'Take the URL of a server away'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "check" -d 'Show what a device of each platform finds at a domain, and where it would enroll'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "declare" -d 'Record the URL that a vendor\'s MDM has set, if the vendor holds the server token'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l server -d 'The server: a token\'s name in the configuration, else the id, alias or name of its server; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l all -d 'Every server token of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l server -d 'The server: a token\'s name in the configuration, else the id, alias or name of its server; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l from -d 'Only if this URL is set now, or with `none` if no URL is; else exit 8' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l resolve -d 'Connect to this address for a host, as in acme.com:127.0.0.1:8443; IPv6 in brackets; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l resolver -d 'Ask this resolver in place of the system\'s, as in 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l all -d 'Every server token of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l check -d 'Change nothing; exit 9 if the URL differs'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l no-verify -d 'Don\'t look at the URL first'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l as-is -d 'Send the URL exactly as it is written and check nothing, to put an old URL back'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l server -d 'The server: a token\'s name in the configuration, else the id, alias or name of its server; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l from -d 'Only if this URL is set now; else exit 8' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l all -d 'Every server token of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l check -d 'Change nothing; exit 9 if a URL is set'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l platform -d 'Check these platforms [default: mac,iphone,ipad,vision]' -r -f -a "mac\t''
iphone\t''
ipad\t''
vision\t''
apple-tv\t''
watch\t''
ipod\t''"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l os-version -d 'Judge as this version of a platform\'s system, such as vision=2.1 [default: a recent one]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l user -d 'Ask as this user [default: abmctl-check at each domain]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l resolve -d 'Connect to this address for a host, as in acme.com:127.0.0.1:8443; IPv6 in brackets; repeatable' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l resolver -d 'Ask this resolver in place of the system\'s, as in 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l probe-enrollment -d 'Ask each enrollment URL whether it wants a bearer token, as a device expects; nobody is enrolled'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l strict -d 'Exit 9 also if a platform is not known, or enrolls through Apple and the domain isn\'t known to be verified'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l server -d 'The server: its id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l seen -d 'It was set on this day, as in 2026-11-25 [default: today]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l remove -d 'Remove what was declared for the server'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -f -a "list" -d 'List the servers, with the platforms that each is the default for'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -f -a "get" -d 'Show one server'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -f -a "alias" -d 'Give a server a short name in the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l remove -d 'Remove the short name'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -f -a "list" -d 'List the server tokens, with their end and state'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -f -a "import" -d 'Store a server token: the .p7m file of the portal, or its JSON'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -f -a "keygen" -d 'Make a key pair for a server, and the certificate for the portal'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -f -a "remove" -d 'Remove a server token from this machine'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l fail-within -d 'Exit 9 if a token ends within this time, such as 30d, or is over' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l offline -d 'Ask Apple nothing: goes by the dates in the tokens'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l name -d 'Keep the token under this name [default: its key pair\'s, else its server\'s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l key -d 'Open it with this private key (PKCS#8 or PKCS#1) in place of a kept one' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l certificate -d 'The certificate of that key, to be told where the file is for another one' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l store -d 'Keep the token here' -r -f -a "keyring\t'The system\'s keyring, which is locked where nobody is logged in'
file\t'A file of mode 0600 in the configuration folder'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l offline -d 'Ask Apple nothing, and store it even if it may not work'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l server -d 'The server: its id, an alias, or its name; a new one\'s name with --create' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l name -d 'Keep the key pair, and later its token, under this name [default: a short form of the server\'s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l store -d 'Keep the private key here' -r -f -a "keyring\t'The system\'s keyring, which is locked where nobody is logged in'
file\t'A file of mode 0600 in the configuration folder'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l certificate-file -d 'Write the certificate for the portal to this file [default: NAME.pem]' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l create -d 'Make the server too, with the certificate (Apple Business)'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l force -d 'Make a new key pair beside an older one of that name, and write over the certificate file'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l disconnect-mdm -d 'Go ahead although the server\'s MDM loses its token'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l key-pair -d 'Remove its key pair too: no .p7m file that was made for it can be opened any more'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s F -l field -d 'Add a parameter to the query of a GET, else a member to the JSON body' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s f -l raw-field -d 'The same, with a value that is always text' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l input -d 'Send the JSON in this file, or on standard input (-), as the body' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l paginate -d 'Read all pages of a list, and print the items of all: one array in json, one item a line in ndjson'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -f -a "list" -d 'List the changes, newest first'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -f -a "show" -d 'Show one change, with each of its requests'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -f -a "login" -d 'Store an API account\'s credentials, after trying them'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -f -a "roster" -d 'Authorize School Manager\'s Roster API once, which lists verified domains'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -f -a "status" -d 'Show what is used, and where each value comes from'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -f -a "logout" -d 'Remove an API account\'s credentials'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l client-id -d 'Use this client id of the API account' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l key-id -d 'Use this key id; left out or empty where the API account shows none' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l private-key-file -d 'Copy the private key from this file, or from standard input if it is `-`' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l store -d 'Keep the private key here' -r -f -a "keyring\t'The system\'s keyring, which is locked where nobody is logged in'
file\t'A file of mode 0600 in the configuration folder'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l unattended -d 'Have it work where nobody is logged in, as under cron: keeps the private key in a file'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l client-id -d 'Use this App ID or Services ID' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l team-id -d 'Use this team id of the Apple Developer account' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l key-id -d 'Use this key id' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l private-key-file -d 'Copy the private key (.p8) from this file, or from standard input if it is `-`' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l redirect-uri -d 'Use this return URL, as it is registered for the app' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l store -d 'Keep the private key and the refresh token here' -r -f -a "keyring\t'The system\'s keyring, which is locked where nobody is logged in'
file\t'A file of mode 0600 in the configuration folder'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l redirected-to -d 'Go on after --print-url with the address that the browser landed on, or `-` to read it from standard input' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l print-url -d 'Print the address that an administrator opens, and end; go on with --redirected-to'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l test-scope -d 'Try the set-up with Apple\'s test data; stores nothing'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l remove -d 'Take the Roster API\'s settings and secrets out of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l permissions -d 'Ask Apple what the API account may do, changing nothing'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l unattended -d 'Prove that it works without a terminal and without an unlocked keyring: gets a fresh access token'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -f -a "list" -d 'List the profiles'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -f -a "use" -d 'Make a profile the default one'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -f -a "remove" -d 'Remove a profile, with its server tokens, key pairs, aliases and stored secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l note -d 'Keep this text with the change in the journal, such as the number of a ticket; not a secret' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s n -l dry-run -d 'Change nothing; print what the change would print'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -f -a "exec" -d 'Run a command or a shell in a sandbox of its own, and end with its exit code'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -f -a "serve" -d 'Run the emulator until Ctrl-C, and print the line that makes another terminal use it'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -f -a "demo" -d 'Show the three jobs, and a broken domain found and fixed, each command with what it prints'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -f -a "portal" -d 'Do in the emulator what is done in Apple\'s portal: get a server token, add, verify or remove a domain'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from exec serve demo portal web" -f -a "web" -d 'Show what the emulator\'s web servers do, or make them do something else'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l devices -d 'Give it this many devices' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l users -d 'Give it this many users' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l audit-years -d 'Have its audit log go back this many years' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l audit-events -d 'Have this many events of no domain in it' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l audit-delay -d 'List audit events this much later than they happened, such as 2h or 30d' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l slow-windows -d 'Answer windows of the audit log that are longer than this only after a wait, such as 8w=90s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l servers -d 'Give it this many device management services' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l empty-defaults -d 'How the answer about a service that is the default for nothing says so' -r -f -a "list\t'With an empty list'
absent\t'By leaving the member out'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l unassigned-as -d 'How the linkage of a device without a device management service is answered' -r -f -a "404\t'With 404'
empty-id\t'With a linkage whose id is empty'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l tokens -d 'Give this many of them a server token, and have as many of them as that takes' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l seed -d 'Make up another organization for another number' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l retry-after -d 'How a refusal for the limit says when to come back' -r -f -a "seconds\t'In seconds'
date\t'As a date'
absent\t'Not at all'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l latency -d 'Wait before each answer, such as 50ms' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l fault -d 'Go wrong: METHOD PATH=WHAT[xTIMES][@FROM], such as \'PATCH /v1/mdmServers/*=503x2\'' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l web -d 'What the web server of a host does: HOST=BEHAVIOUR, such as acme.de=lost-query' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l state-file -d 'Keep the organization in this file from one start to the next' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l school -d 'Make up a school, for Apple School Manager\'s API'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l defaults-in-list -d 'Show what each is the default for in the list of them, too'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l limits -d 'Refuse more than 20 GET a minute and 10 POST an hour, as seen at Apple'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l devices -d 'Give it this many devices' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l users -d 'Give it this many users' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l audit-years -d 'Have its audit log go back this many years' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l audit-events -d 'Have this many events of no domain in it' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l audit-delay -d 'List audit events this much later than they happened, such as 2h or 30d' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l slow-windows -d 'Answer windows of the audit log that are longer than this only after a wait, such as 8w=90s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l servers -d 'Give it this many device management services' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l empty-defaults -d 'How the answer about a service that is the default for nothing says so' -r -f -a "list\t'With an empty list'
absent\t'By leaving the member out'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l unassigned-as -d 'How the linkage of a device without a device management service is answered' -r -f -a "404\t'With 404'
empty-id\t'With a linkage whose id is empty'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l tokens -d 'Give this many of them a server token, and have as many of them as that takes' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l seed -d 'Make up another organization for another number' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l retry-after -d 'How a refusal for the limit says when to come back' -r -f -a "seconds\t'In seconds'
date\t'As a date'
absent\t'Not at all'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l latency -d 'Wait before each answer, such as 50ms' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l fault -d 'Go wrong: METHOD PATH=WHAT[xTIMES][@FROM], such as \'PATCH /v1/mdmServers/*=503x2\'' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l web -d 'What the web server of a host does: HOST=BEHAVIOUR, such as acme.de=lost-query' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l state-file -d 'Keep the organization in this file from one start to the next' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l port -d 'Listen on this port of 127.0.0.1; 0 takes a free one' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l web-port -d 'Have the web servers of the domains on this port of 127.0.0.1; 0 takes a free one' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l home -d 'Keep the configuration and state folders in this folder; without it they go away at the end' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l school -d 'Make up a school, for Apple School Manager\'s API'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l defaults-in-list -d 'Show what each is the default for in the list of them, too'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l limits -d 'Refuse more than 20 GET a minute and 10 POST an hour, as seen at Apple'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l devices -d 'Give it this many devices' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l users -d 'Give it this many users' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l audit-years -d 'Have its audit log go back this many years' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l audit-events -d 'Have this many events of no domain in it' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l audit-delay -d 'List audit events this much later than they happened, such as 2h or 30d' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l slow-windows -d 'Answer windows of the audit log that are longer than this only after a wait, such as 8w=90s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l servers -d 'Give it this many device management services' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l empty-defaults -d 'How the answer about a service that is the default for nothing says so' -r -f -a "list\t'With an empty list'
absent\t'By leaving the member out'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l unassigned-as -d 'How the linkage of a device without a device management service is answered' -r -f -a "404\t'With 404'
empty-id\t'With a linkage whose id is empty'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l tokens -d 'Give this many of them a server token, and have as many of them as that takes' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l seed -d 'Make up another organization for another number' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l retry-after -d 'How a refusal for the limit says when to come back' -r -f -a "seconds\t'In seconds'
date\t'As a date'
absent\t'Not at all'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l latency -d 'Wait before each answer, such as 50ms' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l fault -d 'Go wrong: METHOD PATH=WHAT[xTIMES][@FROM], such as \'PATCH /v1/mdmServers/*=503x2\'' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l web -d 'What the web server of a host does: HOST=BEHAVIOUR, such as acme.de=lost-query' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l state-file -d 'Keep the organization in this file from one start to the next' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l school -d 'Make up a school, for Apple School Manager\'s API'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l defaults-in-list -d 'Show what each is the default for in the list of them, too'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l limits -d 'Refuse more than 20 GET a minute and 10 POST an hour, as seen at Apple'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l server -d 'Download a token of this server: its id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l certificate -d 'Upload this certificate first: PEM or DER, with an RSA key' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l out -d 'Write the token to this file; without it, to one named as in the portal, in the current folder' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l add-domain -d 'Add this domain: it is to be verified' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l verify-domain -d 'Verify this domain that was added, whatever is in the DNS' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l remove-domain -d 'Remove this domain' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l nameless -d 'Leave the domain\'s name out of what is logged, as Apple may'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s p -l profile -d 'Use this profile of the configuration' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s o -l output -d 'Write data in this format [default: table]' -r -f -a "table\t'For people'
json\t'One document'
ndjson\t'One object a line, as soon as it is known'
csv\t'Rows with a header'
yaml\t'One document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l columns -d 'Write these columns only, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object a line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l color -d 'Use colour: always, never, or on a terminal without NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l timeout -d 'Give one attempt of a request this long, such as 30s [default: 60s]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l max-wait -d 'Give up after waiting this long since the last success [default: 5m on a terminal, else 15m]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l raw -d 'Write csv as it is, without a \' before what a spreadsheet would take for a formula'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s q -l quiet -d 'Show no progress and no hints'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s v -l verbose -d 'Show each request on standard error, and what an error came from; twice: headers too, without secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
