// JavaScript that hides what it does. Minified code is not obfuscated: none of these may match what bundlers write.

rule javascript_string_array_obfuscation
{
  meta:
    title = "Obfuscated JavaScript"
    description = "Strings are kept in a shuffled array and looked up by hexadecimal names, as obfuscators write it."
    severity = "medium"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $name = /\b_0x[0-9a-f]{4,6}\b/
    $rotate = /while\s?\(!!\[\]\)\s?\{\s?try\s?\{/
    $shift = /\[?['"]?push['"]?\]?\s?\(\s?_0x[0-9a-f]{4,6}\s?(\[['"]shift['"]\]|\.shift)\s?\(\)\s?\)/
    $lookup = /_0x[0-9a-f]{4,6}\s?=\s?_0x[0-9a-f]{4,6}\s?-\s?(0x[0-9a-f]{1,5}|\d{1,6})/
  condition:
    #name > 40 and ($rotate or ($shift and $lookup))
}

rule javascript_eval_of_decoded_text
{
  meta:
    title = "JavaScript runs decoded text"
    description = "A long encoded text is decoded and run as code at once."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1140/"
  strings:
    $atob = /\b(eval|Function|setTimeout)\s?\(\s?(atob|unescape|decodeURIComponent)\s?\(\s?['"`][A-Za-z0-9+\/=%]{120,}/
    $buffer = /\b(eval|Function|vm\.runInThisContext|vm\.runInNewContext|_compile)\s?\(\s?Buffer\.from\s?\(\s?['"`][A-Za-z0-9+\/=]{120,}['"`]\s?,\s?['"`](base64|hex)['"`]/
    $codes = /\b(eval|Function)\s?\(\s?String\.fromCharCode\s?\(\s?(0x[0-9a-f]{1,4}|\d{1,5})(\s?,\s?(0x[0-9a-f]{1,4}|\d{1,5})){40}/
    $packer = /eval\(function\(p,a,c,k,e,[rd]\)\{/
    $variable = /\b(const|let|var)\s{1,4}\w{1,30}\s?=\s?['"`][A-Za-z0-9+\/=]{400,}['"`]/
    $decode = /\b(eval|new Function)\s?\(\s?(atob\s?\(\s?\w{1,30}\s?\)|Buffer\.from\s?\(\s?\w{1,30}\s?,\s?['"`](base64|hex)['"`]\s?\)\.toString)/
  condition:
    filesize < 20MB and ($atob or $buffer or $codes or ($variable and $decode) or ($packer and filesize < 200KB))
}

rule javascript_jsfuck
{
  meta:
    title = "JavaScript of six characters"
    description = "Code is written with brackets, plus and exclamation marks alone, which has no use but hiding it."
    severity = "medium"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $run = /[\[\]()!+]{400}/
    $false = "(![]+[])[+[]]"
    $true = "(!![]+[])[+[]]"
  condition:
    $run and ($false or $true)
}

rule javascript_hidden_code_far_right
{
  meta:
    title = "Code hidden to the right"
    description = "A long run of spaces pushes code that loads modules or runs text out of sight."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $hidden = /;[ \t]{150,2000}(;|const |let |var |global|eval\(|require\(|\(function|\(async|import\()[^\n]{60,}/
    $danger = /(eval\(|child_process|atob\(|fromCharCode|global\[|_\$_[0-9a-f]{4})/
  condition:
    filesize < 5MB and $hidden and $danger
}
