// Files that look harmless and start something.

rule shortcut_that_starts_script
{
  meta:
    title = "Shortcut that starts a script"
    description = "A Windows shortcut starts a script interpreter with a hidden or downloading command."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $interpreter = /(powershell|mshta|wscript|cscript|rundll32|regsvr32|cmd)\.exe/ ascii wide nocase
    $hidden = /(-w(indowstyle)? ?(hidden|1)|-e(nc|ncodedcommand)? [A-Za-z0-9+\/]{20,}|-ep bypass|executionpolicy bypass)/ ascii wide nocase
    $network = /(https?:\/\/|\\\\[\w.-]{3,60}\\|DownloadString|DownloadFile|bitsadmin|certutil|curl )/ ascii wide nocase
  condition:
    uint32be(0) == 0x4C000000 and uint32be(4) == 0x01140200 and $interpreter and ($hidden or $network)
}

rule windows_script_downloader
{
  meta:
    title = "Windows script that downloads and runs"
    description = "A script for the Windows Script Host or an HTML application fetches a file and starts it."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1059/005/"
  strings:
    $shell = /(WScript\.Shell|Shell\.Application)["']/ nocase
    $request = /(MSXML2\.(Server)?XMLHTTP|WinHttp\.WinHttpRequest|Microsoft\.XMLHTTP)/ nocase
    $stream = /(ADODB\.Stream|Scripting\.FileSystemObject)/ nocase
    $run = /\.(Run|Exec|ShellExecute)\s?[( ]/ nocase
    $save = /\.(SaveToFile|CreateTextFile)\b/ nocase
  condition:
    filesize < 1MB and all of them
}

rule system_tool_download
{
  meta:
    title = "Downloads through a system tool"
    description = "A tool of Windows that is made for something else fetches or decodes a program."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $certutil = /certutil(\.exe)?['"]?[^\n]{0,60}[-\/]urlcache[^\n]{0,60}https?:\/\/[^\n]{1,200}/ nocase
    $bitsadmin = /bitsadmin(\.exe)?[^\n]{0,30}\/transfer[^\n]{1,100}https?:\/\/[^\n]{1,200}\.(exe|dll|bat|ps1|vbs|js|hta|scr)/ nocase
    $mshta = /mshta(\.exe)?['"]? ['"]?(https?:\/\/|javascript:|vbscript:)[^\n]{4,}/ nocase
    $regsvr = /regsvr32(\.exe)?[^\n]{0,40}\/i:https?:\/\/[^\n]{4,}scrobj\.dll/ nocase
  condition:
    filesize < 200KB and any of them
}

rule html_smuggling
{
  meta:
    title = "Web page that carries a file"
    description = "A page holds a long encoded file, turns it into a download and clicks on it by itself."
    severity = "medium"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1027/006/"
  strings:
    $html = /<(html|script|body|!doctype html)/ nocase
    $file = /["'`](TVqQAA|UEsDBB|TVpQAA|UmFyIR|N3q8ry|0M8R4K)[A-Za-z0-9+\/]{500,}/
    $decode = /\b(atob|base64ToArrayBuffer|fromBase64)\s?\(/
    $blob = /new Blob\s?\(/
    $link = /(createObjectURL|msSaveOrOpenBlob|msSaveBlob)\s?\(/
    $click = /(\.click\s?\(\s?\)|msSaveOrOpenBlob|msSaveBlob)/
  condition:
    filesize < 30MB and $html and $file and $decode and $blob and $link and $click
}

rule clipboard_command_lure
{
  meta:
    title = "Page that asks to paste a command"
    description = "A page puts a command into the clipboard and asks for it to be pasted where it is run."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1204/004/"
  strings:
    $copy = /(clipboard\.writeText\s?\(|execCommand\s?\(\s?['"]copy['"])/
    $command = /(powershell|mshta|cmd \/c|curl [^\n"'`]{5,200}\|\s?(ba|z)?sh)[^\n]{0,200}(hidden|iex|https?:\/\/|-enc|bypass)/ nocase
    $keys = /(Win(dows)?( key)?\s?(<\/[a-z]{1,6}>)?\s?\+\s?(<[a-z]{1,6}[^>]{0,40}>)?\s?R\b|Ctrl\s?(<\/[a-z]{1,6}>)?\s?\+\s?(<[a-z]{1,6}[^>]{0,40}>)?\s?V\b|open (the )?terminal)/ nocase
    $human = /(not a robot|verify (that )?you are (a )?human|human verification|captcha)/ nocase
  condition:
    filesize < 5MB and all of them
}
