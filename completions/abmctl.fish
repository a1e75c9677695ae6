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

complete -c abmctl -n "__fish_abmctl_needs_command" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_needs_command" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_needs_command" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_needs_command" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_needs_command" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_needs_command" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_needs_command" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_needs_command" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_needs_command" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_needs_command" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_needs_command" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_needs_command" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_needs_command" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_needs_command" -s V -l version -d 'Print version'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "domains" -d 'List and check the organization\'s domains'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "assign" -d 'Show or set default device management services'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "adde-url" -d 'Show, set and check account-driven enrollment (ADDE) URLs'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "discovery-url" -d 'Show, set and check account-driven enrollment (ADDE) URLs'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "servers" -d 'List device management services and give them aliases'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "tokens" -d 'Create, store and monitor server tokens'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "api" -d 'Send a request to Apple\'s API'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "journal" -d 'Show the changes that abmctl made, and how to undo them'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "auth" -d 'Log in, and show the credentials in use'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "profiles" -d 'List, select and remove profiles'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "sandbox" -d 'Run an emulator of Apple\'s services, without an account'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "man" -d 'Write the manual pages to a folder'
complete -c abmctl -n "__fish_abmctl_needs_command" -f -a "help" -d 'Show the help of a command or topic'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -f -a "list" -d 'List all known domains, with status and evidence'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -f -a "check" -d 'Show all evidence for a domain, and what devices find there'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and not __fish_seen_subcommand_from list check declare" -f -a "declare" -d 'Record that a domain is listed in the portal'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l status -d 'List only domains with this status' -r -f -a "verified\t'Logged as verified, with no removal since'
pending\t'Logged as added, with no verification since'
removed\t'Logged as removed'
unverified\t'The Roster API says that it isn\'t verified'
unknown\t'No evidence'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l since -d 'Read the audit log from this date, time or duration ago' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l resolver -d 'Ask this DNS resolver, such as 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l check -d 'List only differences to the declared domains; exit 9 if any'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l accounts -d 'Count the Managed Apple Accounts of each domain'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l refresh -d 'Read the whole audit log again'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l no-dns -d 'Skip the DNS'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from list" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l resolve -d 'Connect to this address for a host' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l resolver -d 'Ask this DNS resolver, such as 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l strict -d 'Exit 9 also if a domain or a platform is unknown'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from check" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l seen -d 'The day on which you saw it [default: today]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l remove -d 'Remove the record, since the portal lists it no longer'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand domains; and __fish_seen_subcommand_from declare" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l platform -d 'Show or set only these platforms; use commas for several' -r -f -a "mac\t''
iphone\t''
ipad\t''
vision\t''
apple-tv\t''
watch\t''
ipod\t''"
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l server -d 'Set this server: its id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l from -d 'Only if this server, or `none`, is the default now; else exit 8' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l clear -d 'Remove the default'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l even-if-idle -d 'Set the server even if it can\'t enroll devices'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l check -d 'Change nothing; exit 9 if something would change'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand assign" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "list" -d 'List the ADDE URL of each server token'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "get" -d 'Show the ADDE URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "set" -d 'Set the ADDE URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "clear" -d 'Remove the ADDE URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "check" -d 'Check what a device finds at a domain, and where it enrolls'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "declare" -d 'Record the ADDE URL that a vendor\'s MDM has set'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from list" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l server -d 'The server: token name, id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l all -d 'All server tokens of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from get" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l server -d 'The server: token name, id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l from -d 'Only if this URL is set now, or `none`' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l resolve -d 'Connect to this address for a host' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l resolver -d 'Ask this DNS resolver, such as 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l all -d 'All server tokens of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l check -d 'Change nothing; exit 9 if the URL differs'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l no-verify -d 'Send the URL without requesting it first'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l as-is -d 'Send the URL exactly as written'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from set" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l server -d 'The server: token name, id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l from -d 'Only if this URL is set now; else exit 8' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l all -d 'All server tokens of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l check -d 'Change nothing; exit 9 if a URL is set'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from clear" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l platform -d 'Check these platforms' -r -f -a "mac\t''
iphone\t''
ipad\t''
vision\t''
apple-tv\t''
watch\t''
ipod\t''"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l os-version -d 'Check as this system version' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l user -d 'Ask as this user' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l resolve -d 'Connect to this address for a host' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l resolver -d 'Ask this DNS resolver, such as 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l probe-enrollment -d 'Test if enrollment asks for a token'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l strict -d 'Exit 9 also if something is unknown'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from check" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l server -d 'The server: its id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l seen -d 'The day on which you learned it [default: today]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l remove -d 'Remove the declared URL of the server'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand adde-url; and __fish_seen_subcommand_from declare" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "list" -d 'List the ADDE URL of each server token'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "get" -d 'Show the ADDE URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "set" -d 'Set the ADDE URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "clear" -d 'Remove the ADDE URL of a server'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "check" -d 'Check what a device finds at a domain, and where it enrolls'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and not __fish_seen_subcommand_from list get set clear check declare" -f -a "declare" -d 'Record the ADDE URL that a vendor\'s MDM has set'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from list" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l server -d 'The server: token name, id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l all -d 'All server tokens of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from get" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l server -d 'The server: token name, id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l from -d 'Only if this URL is set now, or `none`' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l resolve -d 'Connect to this address for a host' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l resolver -d 'Ask this DNS resolver, such as 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l all -d 'All server tokens of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l check -d 'Change nothing; exit 9 if the URL differs'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l no-verify -d 'Send the URL without requesting it first'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l as-is -d 'Send the URL exactly as written'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from set" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l server -d 'The server: token name, id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l from -d 'Only if this URL is set now; else exit 8' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l all -d 'All server tokens of the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l check -d 'Change nothing; exit 9 if a URL is set'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from clear" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l platform -d 'Check these platforms' -r -f -a "mac\t''
iphone\t''
ipad\t''
vision\t''
apple-tv\t''
watch\t''
ipod\t''"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l os-version -d 'Check as this system version' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l user -d 'Ask as this user' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l resolve -d 'Connect to this address for a host' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l resolver -d 'Ask this DNS resolver, such as 1.1.1.1' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l probe-enrollment -d 'Test if enrollment asks for a token'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l strict -d 'Exit 9 also if something is unknown'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from check" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l server -d 'The server: its id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l seen -d 'The day on which you learned it [default: today]' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l remove -d 'Remove the declared URL of the server'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand discovery-url; and __fish_seen_subcommand_from declare" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -f -a "list" -d 'List the servers, with their default platforms'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -f -a "get" -d 'Show one server'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and not __fish_seen_subcommand_from list get alias" -f -a "alias" -d 'Give a server an alias in the profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from list" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from get" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l remove -d 'Remove the alias'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand servers; and __fish_seen_subcommand_from alias" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -f -a "list" -d 'List the server tokens, with expiry and state'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -f -a "import" -d 'Store a server token, from a .p7m or JSON file'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -f -a "keygen" -d 'Create a key pair, and the certificate for the portal'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and not __fish_seen_subcommand_from list import keygen remove" -f -a "remove" -d 'Remove a server token from this machine'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l fail-within -d 'Exit 9 if a token expires within this time, such as 30d' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l offline -d 'Send no request; use the dates in the tokens'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from list" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l name -d 'Store the token under this name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l key -d 'Decrypt with this private key (PKCS#8 or PKCS#1)' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l certificate -d 'The certificate of that key' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l store -d 'Store in' -r -f -a "keyring\t'The system\'s keyring; locked if nobody is logged in'
file\t'A file with mode 0600 in the configuration folder'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l offline -d 'Send no request; store the token untested'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from import" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l server -d 'The server: its id, alias or name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l name -d 'Store the key pair under this name' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l store -d 'Store in' -r -f -a "keyring\t'The system\'s keyring; locked if nobody is logged in'
file\t'A file with mode 0600 in the configuration folder'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l certificate-file -d 'Write the certificate to this file' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l create -d 'Create the server too (Apple Business only)'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l force -d 'Replace the key pair of this name'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l disconnect-mdm -d 'Let the server\'s MDM lose its token'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from keygen" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l key-pair -d 'Remove its key pair too'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand tokens; and __fish_seen_subcommand_from remove" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s F -l field -d 'Add a query parameter (GET) or a member of the JSON body' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s f -l raw-field -d 'Add a field whose value is always text' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l input -d 'Send this JSON file as the body; - is standard input' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l paginate -d 'Read all pages of a list'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand api" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -f -a "list" -d 'List the changes, newest first'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and not __fish_seen_subcommand_from list show" -f -a "show" -d 'Show one change, with its requests'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from list" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand journal; and __fish_seen_subcommand_from show" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -f -a "login" -d 'Store the credentials of an API account'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -f -a "roster" -d 'Authorize the Roster API of Apple School Manager'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -f -a "status" -d 'Show the credentials in use, and where they come from'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and not __fish_seen_subcommand_from login roster status logout" -f -a "logout" -d 'Remove the credentials of an API account'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l client-id -d 'The client id of the API account' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l key-id -d 'The key id' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l private-key-file -d 'Copy the private key from this file' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l store -d 'Store in' -r -f -a "keyring\t'The system\'s keyring; locked if nobody is logged in'
file\t'A file with mode 0600 in the configuration folder'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l unattended -d 'Make it work from cron'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from login" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l client-id -d 'The App ID or Services ID' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l team-id -d 'The team id of the developer account' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l key-id -d 'The key id' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l private-key-file -d 'Copy the private key (.p8) from this file' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l redirect-uri -d 'The return URL, as registered for the app' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l store -d 'Store in' -r -f -a "keyring\t'The system\'s keyring; locked if nobody is logged in'
file\t'A file with mode 0600 in the configuration folder'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l redirected-to -d 'Resume with the URL that the browser opened' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l print-url -d 'Print the authorization URL, and stop'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l test-scope -d 'Test the setup, and store nothing'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l remove -d 'Remove the settings and secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from roster" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l permissions -d 'Test the permissions of the API account, changing nothing'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l unattended -d 'Test whether it works from cron, with a new access token'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand auth; and __fish_seen_subcommand_from logout" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -f -a "list" -d 'List the profiles'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -f -a "use" -d 'Set the default profile'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove" -f -a "remove" -d 'Remove a profile and its stored secrets'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from list" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from use" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l note -d 'Keep this text in the journal' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Don\'t ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s n -l dry-run -d 'Show the change, but don\'t make it'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -f -a "serve" -d 'Run the emulator until Ctrl-C'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -f -a "exec" -d 'Run one command against a new emulator'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -f -a "demo" -d 'Show the main commands, each with its output'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -f -a "portal" -d 'Do in the emulator what an admin does in Apple\'s portal'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec demo portal web" -f -a "web" -d 'Show or change the behavior of the emulator\'s web servers'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l devices -d 'Number of devices' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l users -d 'Number of users' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l audit-years -d 'Years of audit log' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l audit-events -d 'Number of other events' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l audit-delay -d 'List audit events this much later' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l slow-windows -d 'Delay long audit log windows' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l servers -d 'Number of servers' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l empty-defaults -d 'No defaults' -r -f -a "list\t'With an empty list'
absent\t'Without the member'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l unassigned-as -d 'Unassigned devices' -r -f -a "404\t'With 404'
empty-id\t'With an empty id'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l tokens -d 'Number of server tokens' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l seed -d 'Seed of the organization' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l retry-after -d 'Retry-After' -r -f -a "seconds\t'In seconds'
date\t'As a date'
absent\t'Not at all'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l latency -d 'Delay each answer, such as 50ms' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l fault -d 'Inject a fault; --help has the syntax' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l web -d 'Set the behavior of a web server' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l state-file -d 'Keep the organization in this file' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l port -d 'Port of Apple\'s services' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l web-port -d 'Port of the web servers' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l home -d 'Keep configuration and state here' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l school -d 'Emulate Apple School Manager'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l defaults-in-list -d 'List servers with default platforms'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l limits -d 'Enforce Apple\'s limits'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l devices -d 'Number of devices' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l users -d 'Number of users' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l audit-years -d 'Years of audit log' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l audit-events -d 'Number of other events' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l audit-delay -d 'List audit events this much later' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l slow-windows -d 'Delay long audit log windows' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l servers -d 'Number of servers' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l empty-defaults -d 'No defaults' -r -f -a "list\t'With an empty list'
absent\t'Without the member'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l unassigned-as -d 'Unassigned devices' -r -f -a "404\t'With 404'
empty-id\t'With an empty id'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l tokens -d 'Number of server tokens' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l seed -d 'Seed of the organization' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l retry-after -d 'Retry-After' -r -f -a "seconds\t'In seconds'
date\t'As a date'
absent\t'Not at all'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l latency -d 'Delay each answer, such as 50ms' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l fault -d 'Inject a fault; --help has the syntax' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l web -d 'Set the behavior of a web server' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l state-file -d 'Keep the organization in this file' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l school -d 'Emulate Apple School Manager'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l defaults-in-list -d 'List servers with default platforms'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l limits -d 'Enforce Apple\'s limits'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l devices -d 'Number of devices' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l users -d 'Number of users' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l audit-years -d 'Years of audit log' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l audit-events -d 'Number of other events' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l audit-delay -d 'List audit events this much later' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l slow-windows -d 'Delay long audit log windows' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l servers -d 'Number of servers' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l empty-defaults -d 'No defaults' -r -f -a "list\t'With an empty list'
absent\t'Without the member'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l unassigned-as -d 'Unassigned devices' -r -f -a "404\t'With 404'
empty-id\t'With an empty id'
null\t'With null'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l tokens -d 'Number of server tokens' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l seed -d 'Seed of the organization' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l retry-after -d 'Retry-After' -r -f -a "seconds\t'In seconds'
date\t'As a date'
absent\t'Not at all'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l latency -d 'Delay each answer, such as 50ms' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l fault -d 'Inject a fault; --help has the syntax' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l web -d 'Set the behavior of a web server' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l state-file -d 'Keep the organization in this file' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l school -d 'Emulate Apple School Manager'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l defaults-in-list -d 'List servers with default platforms'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l limits -d 'Enforce Apple\'s limits'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l server -d 'Download a token of this server' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l certificate -d 'Upload this certificate first' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l out -d 'Write the token to this file' -r -F
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l add-domain -d 'Add this domain, not yet verified' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l verify-domain -d 'Verify this domain, without a DNS check' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l remove-domain -d 'Remove this domain' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l nameless -d 'Log the event without the domain\'s name'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from portal" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand sandbox; and __fish_seen_subcommand_from web" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand completions" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand man" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -s p -l profile -d 'Use this profile' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -s o -l output -d 'Print data in this format [default: table]' -r -f -a "table\t'A table for people'
json\t'One JSON document'
ndjson\t'One JSON object per line, as soon as it is known'
csv\t'Rows, with a header'
yaml\t'One YAML document'"
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -l columns -d 'Print only these columns, by their names in json' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -l log-format -d 'Write messages in this format' -r -f -a "text\t'Sentences'
json\t'One JSON object per line'"
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -l color -d 'Use color' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -l timeout -d 'Time limit of an attempt, such as 30s' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -l max-wait -d 'Give up after this long without a success' -r
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -l no-headers -d 'Leave out the headers of tables and csv'
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -l raw -d 'Don\'t protect csv cells from being read as formulas'
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -s q -l quiet -d 'Show no progress and no hints after success'
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -s v -l verbose -d 'Show each request and the cause of errors'
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -l no-input -d 'Never ask'
complete -c abmctl -n "__fish_abmctl_using_subcommand help" -s h -l help -d 'Show a summary (-h) or the complete help (--help)'
