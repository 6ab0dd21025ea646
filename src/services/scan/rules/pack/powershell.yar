// PowerShell that hides what it does.

rule powershell_encoded_command
{
  meta:
    title = "Encoded PowerShell command"
    description = "PowerShell is started with a long command in Base64, in a hidden window or past the execution policy."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $command = /\b(powershell|pwsh)(\.exe)?['"]?[^\n]{0,200}\s[-\/](e|en|enc|enco|encod|encode|encoded|encodedc|encodedco|encodedcom|encodedcomm|encodedcomma|encodedcomman|encodedcommand)\s{1,4}['"]?[A-Za-z0-9+\/]{80,}/ nocase
    $hidden = /[-\/]w(indowstyle)?\s{1,4}(hidden|1)\b/ nocase
    $policy = /[-\/](ep|exec|executionpolicy)\s{1,4}(bypass|unrestricted)\b/ nocase
    $silent = /[-\/](nop|noni|noprofile|noninteractive)\b/ nocase
  condition:
    $command and any of ($hidden, $policy, $silent)
}

rule powershell_download_and_run
{
  meta:
    title = "PowerShell runs what it downloads"
    description = "What is downloaded is handed to Invoke-Expression without ever being a file."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $download = /(Net\.WebClient\)?\)?\.Download(String|Data)\(|\b(Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b[^\n|;]{0,200}http)/ nocase
    $run = /(\b(iex|Invoke-Expression)\b\s{0,4}[(&$"']|\|\s{0,4}(iex|Invoke-Expression)\b)/ nocase
    $hidden = /[-\/]w(indowstyle)?\s{1,4}(hidden|1)\b/ nocase
    $policy = /[-\/](ep|exec|executionpolicy)\s{1,4}bypass\b/ nocase
    $address = /https?:\/\/(\d{1,3}\.){3}\d{1,3}[:\/]/
    $amsi = "AmsiUtils" nocase
  condition:
    filesize < 2MB and $download and $run and ($amsi or $address or ($hidden and $policy))
}

rule powershell_download_in_base64
{
  meta:
    title = "Downloader in Base64"
    description = "A PowerShell command that downloads and runs something is hidden in Base64."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1027/010/"
  strings:
    $client = "Net.WebClient).DownloadString(" wide base64
    $client2 = "net.webclient).downloadstring(" wide base64
    $amsi = "System.Management.Automation.AmsiUtils" wide base64
    $tcp = "Net.Sockets.TCPClient(" wide base64
  condition:
    any of them
}

rule powershell_switches_off_defences
{
  meta:
    title = "Switches off Windows Defender"
    description = "Protection is switched off, or the whole disk excluded from it, by a script."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $realtime = /Set-MpPreference\b[^\n]{0,200}-Disable(RealtimeMonitoring|BehaviorMonitoring|IOAVProtection|ScriptScanning)\s{1,4}(\$?true|1)/ nocase
    $exclude = /Add-MpPreference\b[^\n]{0,80}-ExclusionPath\s{1,4}["']?([a-z]:\\?["'\s]|\$env:SystemDrive|\$env:TEMP|\$env:AppData|%temp%|%appdata%)/ nocase
    $amsi = /\[Ref\]\.Assembly\.GetType\([^\n]{1,120}(amsiInitFailed|AmsiUtils)/ nocase
  condition:
    filesize < 5MB and any of them
}
