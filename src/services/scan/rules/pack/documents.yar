// Documents that bring programs along.

rule office_macro_runs_program
{
  meta:
    title = "Office macro that starts programs"
    description = "A macro runs by itself when the document is opened, and reaches for the shell or the network."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1137/001/"
  strings:
    $vba = "VBA" ascii wide
    $attribute = /Attribut(\x00)?e VB_/
    $auto = /(Auto_?Open|AutoExec|Document_?Open|Workbook_?Open|AutoClose|Document_?Close)/ nocase
    $shell = /(WScript\.Shell|Shell\.Application|powershell|cmd\.exe|mshta|rundll32|regsvr32|certutil)/ nocase
    $network = /(URLDownloadToFile|MSXML2\.(Server)?XMLHTTP|WinHttp\.WinHttpRequest|ADODB\.Stream)/ nocase
  condition:
    uint32be(0) == 0xD0CF11E0 and $attribute and $vba and $auto and ($shell or $network)
}

rule office_macro
{
  meta:
    title = "Office macros"
    description = "The document has macros. They run when whoever opens it allows it."
    severity = "info"
    weight = "informational"
    reference = "https://attack.mitre.org/techniques/T1137/"
  strings:
    $attribute = /Attribut(\x00)?e VB_/
    $project = "_VBA_PROJECT" wide
  condition:
    uint32be(0) == 0xD0CF11E0 and ($attribute or $project)
}

rule office_remote_template
{
  meta:
    title = "Document that loads a template from the web"
    description = "A template, which can bring macros, is loaded from an address when the document is opened."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1221/"
  strings:
    $template = /<Relationship [^>]{0,300}relationships\/attachedTemplate"[^>]{0,300}Target\s?=\s?"(https?|ftp|file|\\\\)[^"]{3,400}"/
    $reversed = /<Relationship [^>]{0,300}Target\s?=\s?"(https?|ftp|file|\\\\)[^"]{3,400}"[^>]{0,300}relationships\/attachedTemplate"/
    $ole = /<Relationship [^>]{0,300}relationships\/oleObject"[^>]{0,300}Target\s?=\s?"(mhtml:|https?:)[^"]{3,400}"/
    $external = "TargetMode=\"External\""
  condition:
    filesize < 1MB and $external and any of ($template, $reversed, $ole)
}

rule office_dynamic_data_exchange
{
  meta:
    title = "Document that starts a program through a field"
    description = "A field of the document starts a program by dynamic data exchange."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1559/002/"
  strings:
    $word = /<w:(instrText|fldSimple)[^>]{0,200}>?[^<]{0,40}\bDDE(AUTO)?\b[^<]{0,200}(cmd|powershell|mshta|rundll32|regsvr32)/ nocase
    $sheet = /(^|[\n,;"'>])[=+@-]\s?[\w.]{0,20}(cmd|powershell|mshta|rundll32|msexcel)\s?\|\s?'[^'\n]{1,300}'\s?!/ nocase
  condition:
    filesize < 20MB and any of them
}

rule rtf_with_embedded_object
{
  meta:
    title = "Rich text that updates an embedded object"
    description = "An object inside of the document is activated when it is opened, the way of known exploits."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1203/"
  strings:
    $update = "\\objupdate"
    $data = "\\objdata"
    $equation = /(4571756174696f6e2e33|Equation\.3|0002ce020000000000c000000000000046)/ nocase
    $package = /(5061636b616765|Package)/
  condition:
    uint32be(0) == 0x7B5C7274 and $data and $update and ($equation or $package)
}

rule pdf_that_starts_program
{
  meta:
    title = "PDF that starts a program"
    description = "The document asks for a program to be started, or for an attached one to be saved and run, when it is opened."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1204/002/"
  strings:
    $open = /\/(OpenAction|AA)\b/
    $launch = /\/S\s?\/Launch\b/
    $program = /\/F\s?\([^)]{0,100}(cmd|powershell|mshta|wscript|\.exe|\.bat|\.js|\.hta)/ nocase
    $script = /\/JavaScript\b/
    $export = /exportDataObject\s?\(\s?\{[^}]{0,200}nLaunch\s?:\s?[12]/
  condition:
    uint32be(0) == 0x25504446 and (($open and $launch and $program) or ($script and $export))
}
