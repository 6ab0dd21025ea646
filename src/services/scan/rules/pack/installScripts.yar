// What runs by itself when a package is installed or opened.

rule npm_install_script_runs_download
{
  meta:
    title = "Install script runs a download"
    description = "A package's install script fetches something and runs it with a shell."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1195/002/"
  strings:
    $pipe = /"(pre|post)?install"\s?:\s?"[^"\n]{0,200}\b(curl|wget)\b[^"\n]{1,300}\|\s?(sudo )?(ba|z|da)?sh\b/
    $run = /"(pre|post)?install"\s?:\s?"[^"\n]{0,200}\b(curl|wget)\b[^"\n]{1,300}(&&|;)\s?(chmod \+x|chmod 7[0-7]{2})[^"\n]{1,200}(&&|;)\s?\.?\//
    $powershell = /"(pre|post)?install"\s?:\s?"[^"\n]{0,100}\b(powershell|pwsh)\b[^"\n]{0,200}(DownloadString|DownloadFile|iwr|irm|Invoke-WebRequest|-enc)/ nocase
    $shell = /"(pre|post)?install"\s?:\s?"[^"\n]{0,200}\/dev\/tcp\//
    $name = /"(name|version)"\s?:/
  condition:
    filesize < 1MB and $name and any of ($pipe, $run, $powershell, $shell)
}

rule npm_install_script_runs_inline_code
{
  meta:
    title = "Install script runs code from its own line"
    description = "A package's install script decodes or fetches code inside of the command itself."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1195/002/"
  strings:
    $decode = /"(pre|post)?install"\s?:\s?"[^\n]{0,60}\bnode (-e|--eval|-p)\b[^\n]{0,300}(eval\(|atob\(|base64|fromCharCode|child_process|https?:\/\/|\.get\()/
    $python = /"(pre|post)?install"\s?:\s?"[^\n]{0,60}\bpython3? -c\b[^\n]{0,300}(exec\(|base64|urllib|socket)/
    $environment = /"(pre|post)?install"\s?:\s?"[^"\n]{0,200}\b(curl|wget)\b[^"\n]{0,200}(\$\(?(env|whoami|hostname|id|cat )|`(env|whoami|hostname|id)`|\$NPM_TOKEN)/
    $name = /"(name|version)"\s?:/
  condition:
    filesize < 1MB and $name and any of ($decode, $python, $environment)
}

rule python_setup_runs_download
{
  meta:
    title = "Python package runs a download when installed"
    description = "The set-up script of a package overrides an install step, fetches something and runs it."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1195/002/"
  strings:
    $setup = /\bsetup\s?\(/
    $step = /cmdclass\s?=\s?\{[^}]{0,200}(install|develop|egg_info|build_py)/
    $fetch = /(urllib\.request\.(urlopen|urlretrieve)|requests\.(get|post)|urlopen)\s?\(\s?f?["']https?:/
    $run = /(\bexec\s?\(|os\.system\s?\(|subprocess\.(Popen|call|run|check_call)\s?\()/
    $decoded = /exec\s?\(\s?(base64\.b64decode|zlib\.decompress|__import__\(\s?['"]base64)/
  condition:
    filesize < 200KB and $setup and (($step and $fetch and $run) or $decoded)
}

rule script_downloads_and_runs_program
{
  meta:
    title = "Script fetches a program from an address and runs it"
    description = "A program is fetched from a bare IP address into a temporary folder, made executable and started."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $fetch = /\b(curl|wget|tftp|busybox wget)\b[^\n]{0,120}(https?|ftp):\/\/(\d{1,3}\.){3}\d{1,3}(:\d{2,5})?\/[^\n]{1,120}/
    $place = /(\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\/var\/run\/|cd \/tmp)/
    $mode = /chmod (\+x|7[0-7]{2}|a\+x|u\+x)/
    $start = /(\n|;|&&|\|\|)\s{0,4}(nohup |sudo )?\.?\/[\w.\/-]{1,60}/
    $loop = /(\n|;|&&|\|\|)\s{0,8}(wget|curl)[^\n]{1,200}(;|&&|\|\|)\s{0,4}chmod[^\n]{1,80}(;|&&|\|\|)\s{0,4}\.?\//
  condition:
    filesize < 100KB and $fetch and $mode and (($place and $start) or $loop)
}

rule editor_task_runs_on_open
{
  meta:
    title = "Task that downloads and runs when a folder is opened"
    description = "An editor's task starts by itself when the folder is opened, and runs what it downloads."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1204/"
  strings:
    $auto = /"runOn"\s?:\s?"folderOpen"/
    $pipe = /"command"\s?:\s?"[^"\n]{0,200}\b(curl|wget|iwr|irm|Invoke-WebRequest)\b[^"\n]{1,300}(\|\s?(sudo )?((ba|z|da)?sh|node|python3?|cmd|iex)\b|&& ?(ba|z)?sh\b)/ nocase
    $encoded = /"command"\s?:\s?"[^"\n]{0,200}\b(powershell|pwsh)\b[^"\n]{0,200} -e(nc|ncodedcommand)? [A-Za-z0-9+\/]{40,}/ nocase
  condition:
    filesize < 200KB and $auto and ($pipe or $encoded)
}
