# The settings that the package chooses, in the file with all of them: where Debian keeps things, and the
# proxy at the socket that systemd opens.
s|^#data = .*|data = "/var/lib/pollcat-chat/chat.db"|
s|^#trust-proxy = .*|trust-proxy = ["unix"]|
s|^# Settings of pollcat chat .*|# Settings of pollcat-chat, whose service reads them. A line behind a # is the default: take the # away to change it.|
s|^# What is wrong with this file.*|# What is wrong with this file, and what is in force: pollcat-chat --check --config /etc/pollcat-chat/chat.toml|
