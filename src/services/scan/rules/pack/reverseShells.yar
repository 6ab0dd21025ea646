// A shell whose input and output are a connection to somebody else.

rule reverse_shell_bash_dev_tcp
{
  meta:
    title = "Reverse shell by bash"
    description = "An interactive shell is tied to a TCP connection through bash's /dev/tcp."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1059/004/"
  strings:
    $redirect = /\b(ba|z|k)?sh -i\s{0,8}(>&|&>|<|0<|1>)\s{0,8}(&\d{1,3}|\/dev\/tcp\/[\w.$\{\}-]{1,80}\/[\w$\{\}]{1,40})/
    $exec = /\bexec \d{1,3}<>\s?\/dev\/tcp\/[\w.$\{\}-]{1,80}\/[\w$\{\}]{1,40}/
    $back = /(<&|>&|0>&|2>&)\d{1,3}/
    $device = "/dev/tcp/"
    $shell = /\b(ba|z|k)?sh\b/
  condition:
    $device and (($redirect and $back) or ($exec and $back and $shell and filesize < 20KB))
}

rule reverse_shell_netcat
{
  meta:
    title = "Reverse shell by netcat or socat"
    description = "netcat, ncat or socat is started with a shell at the other end of the connection."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1059/004/"
  strings:
    $exec = /\b(nc|ncat|netcat)(\.exe|\.traditional|\.openbsd)?( -[a-z]{1,6}){0,4} ((\d{1,3}\.){3}\d{1,3}|[\w.-]{3,60}) \d{2,5}( -[a-z]{1,6}){0,2} (-e|-c|--exec|--sh-exec) ?['"]?(\/bin\/|\/usr\/bin\/)?(ba|z|da)?(sh|cmd(\.exe)?|powershell(\.exe)?)\b/
    $execFirst = /\b(nc|ncat|netcat)(\.exe)?( -[a-z]{1,6}){0,3} (-e|-c|--exec|--sh-exec) ?['"]?(\/bin\/|\/usr\/bin\/)?((ba|z|da)?sh|cmd(\.exe)?|powershell(\.exe)?)['"]? ((\d{1,3}\.){3}\d{1,3}|[\w.-]{3,60}) \d{2,5}/
    $fifo = /mkfifo \/tmp\/\w{1,20}\s?;\s?[^\n]{0,80}\/(ba|z|da)?sh -i[^\n]{0,40}\|\s?(nc|ncat|netcat|telnet|openssl s_client)\b/
    $socat = /\bsocat\b[^\n]{0,80}\b(exec|EXEC|system|SYSTEM):['"]?[^\n]{0,20}sh\b[^\n]{0,60}\bpty\b/
  condition:
    any of them
}

rule reverse_shell_python
{
  meta:
    title = "Reverse shell in Python"
    description = "A socket becomes the standard input and output of a shell."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1059/006/"
  strings:
    $socket = /socket\.socket\(\s{0,4}(socket\.)?(AF_INET|\))/
    $duplicate = /os\.dup2\(\s{0,4}\w{1,20}\.fileno\(\)\s{0,4},\s{0,4}[012]\s{0,4}\)/
    $shell = /(pty\.spawn|subprocess\.(call|run|Popen)|os\.(system|execv?))\(\s{0,4}\[?\s{0,4}["'](\/bin\/|\/usr\/bin\/)?(ba|z|da)?sh\b/
  condition:
    filesize < 1MB and $socket and #duplicate >= 2 and $shell
}

rule reverse_shell_node
{
  meta:
    title = "Reverse shell in Node.js"
    description = "A socket is piped into a shell and back."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1059/007/"
  strings:
    $spawn = /spawn\(\s{0,4}["'`](\/bin\/|\/usr\/bin\/)?((ba|z|da)?sh|cmd(\.exe)?|powershell(\.exe)?)["'`]/
    $socket = /new net\.Socket\(|net\.(connect|createConnection)\(/
    $in = /\.pipe\(\s{0,4}\w{1,30}\.stdin\s{0,4}\)/
    $out = /\.stdout\.pipe\(\s{0,4}\w{1,30}\s{0,4}\)/
  condition:
    filesize < 1MB and all of them
}

rule reverse_shell_scripting
{
  meta:
    title = "Reverse shell in Perl, PHP or Ruby"
    description = "A one-line script connects to a host and hands it a shell."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1059/"
  strings:
    $perl = /use Socket;[^\n]{0,300}open\(STDIN,\s?">&\w{1,10}"\);[^\n]{0,120}exec\s?\(?["'{]\s?\/bin\/(ba)?sh -i/
    $php = /fsockopen\(\s{0,4}["'$][^\n;]{1,80};[^\n]{0,80}\b(exec|shell_exec|proc_open|system|passthru)\(\s{0,4}["'`][^\n]{0,20}sh -i [<>0-9& ]{2,20}/
    $ruby = /TCPSocket\.(new|open)\([^\n]{1,80}\)[^\n]{0,80}exec\s?\(?\s?(sprintf\()?["'][^\n"']{0,20}sh -i [<>0-9&%d ]{2,30}/
  condition:
    any of them
}

rule reverse_shell_powershell
{
  meta:
    title = "Reverse shell in PowerShell"
    description = "What a TCP stream brings is run as PowerShell, and the output goes back."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1059/001/"
  strings:
    $client = /New-Object\s{1,4}(System\.)?Net\.Sockets\.TCPClient\s?\(/ nocase
    $stream = ".GetStream()" nocase
    $run = /\b(iex|Invoke-Expression)\b/ nocase
    $answer = /\.Write\(\s?\$\w{1,20}\s?,\s?0\s?,\s?\$\w{1,20}\.Length\s?\)/ nocase
    $read = /\.Read\(\s?\$\w{1,20}\s?,\s?0\s?,/ nocase
  condition:
    filesize < 200KB and all of them
}
