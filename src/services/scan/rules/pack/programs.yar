// Programs that are packed or were tampered with. Packing alone is common among honest programs.
import "pe"
import "elf"
import "math"

rule packed_upx
{
  meta:
    title = "Packed with UPX"
    description = "The program unpacks itself in memory when it starts. Many honest programs do that to be smaller."
    severity = "info"
    weight = "informational"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
  strings:
    $mark = "UPX!"
    $sections = /UPX[01]\x00{4}/
  condition:
    (uint16(0) == 0x5A4D and $sections and $mark) or (uint32(0) == 0x464C457F and #mark >= 2)
}

rule packed_upx_header_removed
{
  meta:
    title = "Packed with UPX whose mark was removed"
    description = "The program is packed with UPX, and what would allow to unpack it was overwritten."
    severity = "medium"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
  strings:
    $info = "$Info: This file is packed with the UPX executable packer"
    $sections = /UPX0\x00{4}[\x00-\xff]{32}UPX1\x00{4}/
    $mark = "UPX!"
  condition:
    not $mark and ((uint16(0) == 0x5A4D and $sections) or (uint32(0) == 0x464C457F and $info))
}

rule packed_by_protector
{
  meta:
    title = "Packed by a protector"
    description = "The program was put through a protector that hinders analysis. Games and licensed software use them as well."
    severity = "low"
    weight = "informational"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
  strings:
    $section = /(\.vmp[012]|\.themida|\.aspack|\.adata|\.enigma[12]|\.petite|\.nsp[012]|\.MPRESS[12]|\.winlice)\x00/
  condition:
    uint16(0) == 0x5A4D and $section in (0..4096)
}

rule pe_entry_in_writable_high_entropy_section
{
  meta:
    title = "Windows program starts in packed data"
    description = "The program starts in a section that can be written and whose content looks encrypted."
    severity = "medium"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
  strings:
    $mark = "UPX!"
  condition:
    uint16(0) == 0x5A4D and not $mark and pe.is_pe and filesize < 50MB
    and for any section in pe.sections : (
      section.characteristics & 0xA0000000 == 0xA0000000
      and section.raw_data_size > 4096
      and pe.entry_point >= section.raw_data_offset
      and pe.entry_point < section.raw_data_offset + section.raw_data_size
      and math.entropy(section.raw_data_offset, section.raw_data_size) > 7.4
    )
}

rule elf_infected_note_segment
{
  meta:
    title = "Linux program with changed headers"
    description = "The program has no section headers and loads a segment that can be written and executed, as packers and viruses leave it."
    severity = "medium"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
  strings:
    $mark = "UPX!"
  condition:
    uint32(0) == 0x464C457F and #mark < 2 and ((uint8(4) == 2 and uint16(60) == 0) or (uint8(4) == 1 and uint16(48) == 0)) and filesize < 50MB
    and for any segment in elf.segments : (
      segment.type == elf.PT_LOAD and segment.flags & 3 == 3 and segment.file_size > 0
    )
    and math.entropy(0, filesize) > 7.2
}

rule linux_preload_rootkit
{
  meta:
    title = "Library that hides files or processes"
    description = "A shared library replaces the functions that list folders, and names the file that loads it into every program."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $preload = "/etc/ld.so.preload"
    $readdir = "\x00readdir64\x00"
    $next = "\x00dlsym\x00"
    $proc = "/proc/self/fd/%d"
    $net = "/proc/net/tcp"
    $shell = "/bin/sh"
  condition:
    uint32(0) == 0x464C457F and filesize < 5MB and $preload and $readdir and $next and 1 of ($proc, $net) and $shell
}
