// Payloads and tricks in characters that nobody sees.

rule invisible_variation_selector_payload
{
  meta:
    title = "Payload in invisible characters"
    description = "A long run of variation selectors, which draw nothing, carries data; ordinary text has single ones."
    severity = "high"
    weight = "suspicious"
    reference = "https://www.unicode.org/reports/tr36/"
  strings:
    $supplement = /(\xf3\xa0(\x84[\x80-\xbf]|[\x85-\x86][\x80-\xbf]|\x87[\x80-\xaf])){32}/
    $basic = /(\xef\xb8[\x80-\x8f]){32}/
  condition:
    any of them
}

rule invisible_tag_character_payload
{
  meta:
    title = "Text in invisible tag characters"
    description = "A long run of tag characters, which draw nothing, carries text; flags need a handful."
    severity = "high"
    weight = "suspicious"
    reference = "https://www.unicode.org/reports/tr36/"
  strings:
    $tags = /(\xf3\xa0(\x80[\xa0-\xbf]|\x81[\x80-\xbe])){24}/
  condition:
    $tags
}

rule invisible_zero_width_payload
{
  meta:
    title = "Payload in zero-width characters"
    description = "A long run of zero-width characters or fillers, which draw nothing, carries bits."
    severity = "high"
    weight = "suspicious"
    reference = "https://www.unicode.org/reports/tr36/"
  strings:
    $zeroWidth = /(\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xef\xbb\xbf){64}/
    $fillers = /(\xe3\x85\xa4|\xef\xbe\xa0){64}/
  condition:
    any of them
}

rule bidirectional_control_in_code
{
  meta:
    title = "Source code that reads otherwise than it runs"
    description = "Characters that turn the direction of text stand beside a comment or string mark, so that code looks like something else."
    severity = "medium"
    weight = "suspicious"
    reference = "https://trojansource.codes/"
  strings:
    $inComment = /(\/\*|\/\/|#|--|\*\/|"|'|`)[^\n]{0,60}\xe2(\x80[\xad\xae]|\x81[\xa6\xa7\xa8])[^\n]{0,80}(\/\*|\*\/|\/\/|"|'|`|\}|\{)/
    $code = /(\bfunction\b|\breturn\b|\bif\s?\(|#include|\bdef \w|\bimport\b|\bconst \b|\bvar \b|\bpublic \b|\bfn \w)/
    $pop = /\xe2(\x80\xac|\x81\xa9)/
  condition:
    filesize < 2MB and #inComment < 40 and $inComment and $pop and $code
}
