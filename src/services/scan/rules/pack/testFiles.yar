// Files that exist to be found. The string is written with escapes, so that this file is not taken for one of them.

rule eicar_test_file
{
  meta:
    title = "EICAR test file"
    description = "The agreed test file of anti-virus programs. It is harmless and shows that scanning works."
    severity = "critical"
    weight = "malicious"
    reference = "https://www.eicar.org/download-anti-malware-testfile/"
  strings:
    $eicar = /X5O!P%@AP\[4\\PZX54\(P\^\)7CC\)7\}\$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!\$H\+H\*/
  condition:
    $eicar at 0 and filesize <= 128
}
