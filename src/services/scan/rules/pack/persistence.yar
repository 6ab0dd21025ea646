// Ways to come back, and to stay unseen.

rule script_installs_hidden_persistence
{
  meta:
    title = "Script that makes a download run again and again"
    description = "A scheduled job or a start-up entry is installed whose command fetches something from the web and runs it."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1053/003/"
  strings:
    $cron = /(\*(\/\d{1,2})? ){2,5}[^\n]{0,60}\b(curl|wget)\b[^\n]{1,200}\|\s?(ba|z|da)?sh\b/
    $crontab = /(crontab -|\/etc\/cron|\/var\/spool\/cron)/
    $task = /schtasks(\.exe)? [^\n]{0,80}\/create[^\n]{1,200}(powershell|mshta|cmd)[^\n]{1,200}(https?:\/\/|-enc|-w(indowstyle)? hidden)/ nocase
    $run = /reg(\.exe)? add [^\n]{0,40}\\CurrentVersion\\Run\b[^\n]{1,200}(powershell|mshta|wscript)[^\n]{1,200}(https?:\/\/|-enc|hidden)/ nocase
    $profile = /(echo|printf)[^\n]{1,200}\b(curl|wget)\b[^\n]{1,120}\|\s?(ba|z)?sh\b[^\n]{0,40}>>\s?[~\$\w\/{}]{0,30}\/\.(bashrc|zshrc|profile|bash_profile)/
  condition:
    filesize < 500KB and (($cron and $crontab) or $task or $run or $profile)
}

rule script_adds_ssh_key_and_hides
{
  meta:
    title = "Script that lets somebody in by SSH"
    description = "A key is added to those that may log in, and the script removes its traces or locks the file."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1098/004/"
  strings:
    $key = /(echo|printf|cat)\b[^\n]{0,60}ssh-(rsa|ed25519) AAAA[A-Za-z0-9+\/]{20,}[^\n]{0,500}>>\s?[~\$\w\/{}]{0,40}\.ssh\/authorized_keys/
    $lock = /chattr \+i[a]?\b/
    $history = /(history -c|unset HISTFILE|HISTFILE=\/dev\/null|rm -rf? [^\n]{0,30}\.bash_history|HISTSIZE=0)/
    $logs = /(>|rm -rf?) ?\/var\/log\/(wtmp|lastlog|secure|auth\.log|btmp)/
  condition:
    filesize < 500KB and $key and any of ($lock, $history, $logs)
}

rule destroys_backups
{
  meta:
    title = "Destroys what could be restored"
    description = "Shadow copies and recovery are switched off together, as ransom programs do first."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1490/"
  strings:
    $shadows = /(vssadmin(\.exe)?\s{1,4}delete\s{1,4}shadows\s{1,4}\/all|wmic(\.exe)?\s{1,4}shadowcopy\s{1,4}delete)/ ascii wide nocase
    $recovery = /bcdedit(\.exe)?\s[^\n\x00]{0,60}recoveryenabled\s{1,4}no\b/ ascii wide nocase
    $catalog = /wbadmin(\.exe)?\s{1,4}delete\s{1,4}(catalog|systemstatebackup)/ ascii wide nocase
    $policy = /bootstatuspolicy\s{1,4}ignoreallfailures/ ascii wide nocase
  condition:
    filesize < 50MB and $shadows and 2 of ($recovery, $catalog, $policy)
}

rule ransom_note
{
  meta:
    title = "Ransom note"
    description = "The text says that files were encrypted and asks for payment through a hidden service."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1486/"
  strings:
    $encrypted = /(all |your )(of your )?(important )?(files|documents|data|network)[^\n]{0,60}(have been|has been|are|were) (all )?(encrypted|locked)/ nocase
    $onion = /\b[a-z2-7]{16}([a-z2-7]{40})?\.onion\b/ nocase
    $pay = /(bitcoin|BTC|monero|XMR|ransom|decryptor|decryption (key|tool))/ nocase
    $warn = /(do not (try|attempt|rename|modify)|don't (try|rename|modify)|permanent(ly)? (data )?los)/ nocase
  condition:
    filesize < 50KB and all of them
}
