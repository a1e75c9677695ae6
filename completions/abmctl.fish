# Completions of abmctl for fish. The installed abmctl says what there is, from local files and the environment alone.
complete --command abmctl --no-files --keep-order --arguments '(COMPLETE=fish command abmctl -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))'
