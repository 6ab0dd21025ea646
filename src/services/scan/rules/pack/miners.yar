// Programs that spend somebody else's electricity.

rule miner_configuration
{
  meta:
    title = "Settings of a coin miner"
    description = "A mining pool, a wallet and a miner's own settings stand together."
    severity = "medium"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $stratum = /stratum\d?\+(tcp|ssl|tls):\/\/[\w.-]{3,80}:\d{2,5}/ nocase
    $pool = /\b(pool\.(minexmr|supportxmr|hashvault|moneroocean)\.|xmr\.pool\.|moneroocean\.stream|supportxmr\.com|2miners\.com|nanopool\.org|c3pool\.(com|org)|herominers\.com)/ nocase
    $donate = /"?donate-level"?/
    $algorithm = /\b(randomx|rx\/0|cryptonight|cn\/r|kawpow|ethash)\b/ nocase
    $miner = /\b(xmrig|xmr-stak|cpuminer|minerd|nbminer|t-rex|phoenixminer|lolminer)\b/ nocase
    $wallet = /\b4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b/
  condition:
    filesize < 5MB and ($stratum or $pool) and 2 of ($donate, $algorithm, $miner, $wallet)
}

rule miner_started_by_script
{
  meta:
    title = "Script that installs a coin miner"
    description = "A script fetches a miner, starts it with a pool and keeps it running."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $fetch = /\b(curl|wget|Invoke-WebRequest|DownloadFile|bitsadmin)\b[^\n]{1,200}(xmrig|miner|kinsing|kdevtmpfsi)/ nocase
    $start = /(xmrig|minerd|xmr-stak|\.\/[\w.-]{1,30})[^\n]{0,60} (-o|--url)[ =]?(stratum|[\w.-]{3,60}:\d{2,5})/ nocase
    $wallet = /\b4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b/
    $keep = /(crontab|systemctl enable|schtasks|\/etc\/cron|rc\.local|nohup )/ nocase
  condition:
    filesize < 500KB and $fetch and $keep and ($start or $wallet)
}

rule miner_program
{
  meta:
    title = "Coin miner program"
    description = "The program carries the options and messages of a Monero miner. Wanted by some, installed by many who were not asked."
    severity = "medium"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $a = "--donate-level" ascii
    $b = "--randomx-" ascii
    $c = "\"donate-over-proxy\"" ascii
    $d = "stratum+tcp://" ascii
    $e = "nicehash" ascii
    $f = "cryptonight" ascii
    $g = "new job from " ascii
  condition:
    (uint32(0) == 0x464C457F or uint16(0) == 0x5A4D) and 4 of ($a, $b, $c, $d, $e, $f, $g)
}

rule miner_in_web_page
{
  meta:
    title = "Coin miner in a web page"
    description = "A page starts a miner in the browsers of those who look at it."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $start = /new (CoinHive|CryptoLoot|Client|deepMiner)\.(Anonymous|User|Token)\(\s?['"][A-Za-z0-9]{8,}/
    $library = /(coinhive(\.min)?\.js|crypto-?loot|webmr\.js|deepMiner|authedmine)/ nocase
  condition:
    filesize < 5MB and $start and $library
}
