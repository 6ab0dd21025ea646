// Python that hides what it does.

rule python_runs_decoded_text
{
  meta:
    title = "Python runs decoded text"
    description = "A long encoded text is decoded, unpacked and run as code at once."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1140/"
  strings:
    $exec = /\b(exec|eval)\s?\(\s?(compile\s?\(\s?)?((zlib|gzip|bz2|lzma|marshal|base64|codecs|binascii)\.|__import__\s?\(\s?['"](zlib|marshal|base64|codecs|binascii)['"]\s?\)\.)(decompress|loads|b64decode|b85decode|b32decode|a85decode|decode|unhexlify)\s?\(/
    $lambda = /_\s?=\s?lambda __\s?:\s?__import__\(\s?['"]zlib['"]\s?\)\.decompress\(\s?__import__\(\s?['"]base64['"]\s?\)/
    $long = /['"][A-Za-z0-9+\/=_-]{300,}['"]|(\\x[0-9a-f]{2}){100}/
  condition:
    filesize < 20MB and ($lambda or ($exec and $long))
}

rule pickle_runs_command
{
  meta:
    title = "Pickle that runs a command when loaded"
    description = "Loading the file calls a function of the system, such as those that start programs. Model files are often pickles."
    severity = "critical"
    weight = "malicious"
    reference = "https://docs.python.org/3/library/pickle.html"
  strings:
    $global = /c(posix|nt|os|subprocess|pty)\n(system|popen|Popen|call|run|check_output|execv?p?|spawn)\n/
    $builtin = /c(__builtin__|builtins)\n(eval|exec|compile)\n/
    $stack = /\x8c[\x02-\x0a](posix|nt|os|subprocess|pty)\x94?\x8c[\x03-\x0c](system|popen|Popen|call|run|check_output|spawn)\x94?\x93/
    $stackBuiltin = /\x8c\x08builtins\x94?\x8c\x04(eval|exec)\x94?\x93/
    $reduce = /(R|\x85(\x94)?R|\x86(\x94)?R)[^\n]{0,20}\.$/
  condition:
    filesize < 1000MB and any of ($global, $builtin, $stack, $stackBuiltin) and ((uint8(0) == 0x80 and uint8(1) <= 5) or $reduce)
}
