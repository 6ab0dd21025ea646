// Pages of a web server that run whatever a visitor sends.

rule webshell_php
{
  meta:
    title = "Web shell in PHP"
    description = "What a visitor sends is run as code or as a command."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<\?(php|=)/ nocase
    $direct = /\b(eval|assert|system|passthru|shell_exec|popen|proc_open|pcntl_exec)\s?\(\s?(@|trim\(|stripslashes\(|base64_decode\(|str_rot13\(|gzinflate\(|urldecode\(){0,3}\s?\$_(GET|POST|REQUEST|COOKIE|SERVER\[\s?['"]HTTP_)/
    $backtick = /`\s?\$_(GET|POST|REQUEST|COOKIE)\[/
    $dynamic = /\$_(GET|POST|REQUEST|COOKIE)\[[^\]]{1,30}\]\s?\(\s?\$_(GET|POST|REQUEST|COOKIE)\[/
    $packed = /\b(eval|assert)\s?\(\s?(gzinflate|gzuncompress|str_rot13|base64_decode|strrev)\s?\(\s?(gzinflate|gzuncompress|str_rot13|base64_decode|strrev)\s?\(/
  condition:
    filesize < 2MB and $open and any of ($direct, $backtick, $dynamic, $packed)
}

rule webshell_java_or_dotnet
{
  meta:
    title = "Web shell in JSP or ASP.NET"
    description = "A parameter of a request is run as a command, and the output is sent back."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $jsp = /Runtime\.getRuntime\(\)\.exec\(\s?(new String\[\][^)]{0,80})?request\.getParameter\(/
    $jspBuilder = /new ProcessBuilder\([^;]{0,120}request\.getParameter\(/
    $jspTag = /<%(@|!|=)?/
    $asp = /(Process\.Start|ProcessStartInfo)\s?\([^;]{0,200}Request(\.(Form|QueryString|Params))?\s?[\[(]/
    $aspEval = /eval\s?\(\s?Request(\.(Item|Form|QueryString))?\s?[\[(]\s?["'][^"']{1,40}["']\s?[\])]\s?,\s?["']unsafe["']/ nocase
  condition:
    filesize < 1MB and $jspTag and any of ($jsp, $jspBuilder, $asp, $aspEval)
}
