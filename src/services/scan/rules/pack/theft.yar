// Programs that collect secrets and send them away.

rule developer_secrets_collected_and_sent
{
  meta:
    title = "Collects developers' secrets and sends them"
    description = "Several files with keys and tokens are read, and there is a known place for sending what was found."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1552/001/"
  strings:
    $npm = /\.npmrc\b/
    $aws = /\.aws[\/\\'", ]{1,6}credentials/
    $ssh = /\.ssh[\/\\'", ]{1,6}(id_rsa|id_ed25519|id_ecdsa)/
    $git = /\.git-credentials\b/
    $kube = /\.kube[\/\\'", ]{1,6}config/
    $docker = /\.docker[\/\\'", ]{1,6}config\.json/
    $gcloud = /application_default_credentials\.json/
    $pypi = /\.pypirc\b/
    $netrc = /\.netrc\b/
    $wallet = /(wallet\.dat\b|[\/\\]Exodus[\/\\]|nkbihfbeogaeaoehlefnkodbefgpgknn|\.config[\/\\'", ]{1,6}solana[\/\\'", ]{1,6}id\.json)/
    $discord = /https:\/\/(ptb\.|canary\.)?discord(app)?\.com\/api\/webhooks\/\d{5,}/
    $telegram = /api\.telegram\.org\/bot(\d{6,}|["'`$+])/
    $hook = /https?:\/\/(webhook\.site\/[0-9a-f]{8}-|[a-z0-9]{6,}\.(oast\.(pro|live|site|online|fun|me)|burpcollaborator\.net|m\.pipedream\.net|requestbin\.(net|com)|ngrok(-free)?\.(io|app)))/
    $raw = /(https?:\/\/(\d{1,3}\.){3}\d{1,3}(:\d{2,5})?\/(upload|collect|log|gate|steal|data|api)\b)/
  condition:
    filesize < 5MB and 3 of ($npm, $aws, $ssh, $git, $kube, $docker, $gcloud, $pypi, $netrc, $wallet)
    and any of ($discord, $telegram, $hook, $raw)
}

rule environment_sent_away
{
  meta:
    title = "Sends environment variables away"
    description = "All environment variables, where build machines keep their secrets, are sent to a collecting service."
    severity = "high"
    weight = "suspicious"
    reference = "https://attack.mitre.org/techniques/T1552/"
  strings:
    $node = /(JSON\.stringify\(\s?process\.env\b|Object\.entries\(\s?process\.env\s?\)|querystring\.stringify\(\s?process\.env)/
    $python = /(json\.dumps\(\s?(dict\(\s?)?os\.environ\b|str\(\s?os\.environ\s?\)|urlencode\(\s?os\.environ)/
    $shell = /\b(env|printenv)\s?\|\s?(base64[^\n|]{0,20}\|\s?)?(curl|nc|wget)\b/
    $hook = /(webhook\.site\/|\.oast\.(pro|live|site|online|fun|me)|burpcollaborator\.net|m\.pipedream\.net|requestbin\.(net|com)|discord(app)?\.com\/api\/webhooks\/|api\.telegram\.org\/bot|https?:\/\/(\d{1,3}\.){3}\d{1,3}[:\/])/
  condition:
    filesize < 5MB and any of ($node, $python, $shell) and $hook
}

rule browser_secrets_theft
{
  meta:
    title = "Reads browsers' saved passwords"
    description = "The stores of several browsers' passwords or cookies are read and decrypted."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1555/003/"
  strings:
    $login = "Login Data" ascii wide
    $cookies = /(Network\\{1,2}Cookies|["'\\\/]Cookies["'])/ ascii wide
    $state = "Local State" ascii wide
    $key = "encrypted_key" ascii wide
    $chrome = /Google[\\\/]{1,2}Chrome[\\\/]{1,2}User Data/ ascii wide
    $edge = /Microsoft[\\\/]{1,2}Edge[\\\/]{1,2}User Data/ ascii wide
    $brave = /BraveSoftware[\\\/]{1,2}Brave-Browser/ ascii wide
    $opera = /Opera Software[\\\/]{1,2}Opera (Stable|GX)/ ascii wide
    $vivaldi = /Vivaldi[\\\/]{1,2}User Data/ ascii wide
    $unprotect = /(CryptUnprotectData|ProtectedData\]?(::|\.)Unprotect|win32crypt|Dpapi\.unprotect)/ ascii wide
    $send = /(discord(app)?\.com\/api\/webhooks|api\.telegram\.org\/bot|webhook\.site|gofile\.io|transfer\.sh)/ ascii wide
  condition:
    filesize < 30MB and $login and $state and $key and $unprotect
    and 2 of ($chrome, $edge, $brave, $opera, $vivaldi) and ($send or ($cookies and filesize < 200KB))
}

rule discord_token_theft
{
  meta:
    title = "Collects Discord tokens"
    description = "Discord's local storage is searched for log-in tokens, and there is a hook to send them to."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1528/"
  strings:
    $storage = /Local Storage[\\\/'", ]{1,6}leveldb/
    $client = /(discordcanary|discordptb|Discord Canary|Discord PTB)/ nocase
    $token = /\[\\w-\]\{2[46]\}\\\.\[\\w-\]\{6\}\\\.\[\\w-\]\{2[57],?/
    $mfa = /mfa\\\.\[\\w-\]\{84\}/
    $encrypted = "dQw4w9WgXcQ:"
    $hook = /(api\/webhooks\/|\/users\/@me)/
  condition:
    filesize < 20MB and $storage and $client and any of ($token, $mfa, $encrypted) and $hook
}

rule repository_worm
{
  meta:
    title = "Spreads through a developer's packages"
    description = "Tokens are searched for with a secret scanner, and packages are published again with them."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1195/002/"
  strings:
    $search = "trufflehog" nocase
    $filesystem = /["'` ](filesystem|--only-verified)["'` ,\/]/
    $publish = /npm["'`, ]{1,4}publish/
    $whoami = /(-\/npm\/v1\/tokens|npm["'`, ]{1,4}whoami|registry\.npmjs\.org\/-\/whoami)/
    $workflow = /\.github\/workflows\/[\w-]{1,40}\.ya?ml/
    $repos = /(\/user\/repos|createForAuthenticatedUser|toJSON\(secrets\))/
    $metadata = "169.254.169.254"
  condition:
    filesize < 20MB and $search and $filesystem and $publish and 2 of ($whoami, $workflow, $repos, $metadata)
}

rule macos_password_prompt_theft
{
  meta:
    title = "Asks for the password of this Mac and checks it"
    description = "A script asks for the password in a dialog of its own, checks it, and collects the keychain or browsers."
    severity = "critical"
    weight = "malicious"
    reference = "https://attack.mitre.org/techniques/T1056/002/"
  strings:
    $dialog = /display dialog [^\n]{1,300}(with hidden answer|hidden answer true)/
    $check = /dscl [^\n]{0,20}\/?Local[^\n]{0,20} (-)?authonly/
    $keychain = "login.keychain-db"
    $browser = /Library\/Application Support\/(Google\/Chrome|BraveSoftware|Firefox|Microsoft Edge)/
    $upload = /curl [^\n]{0,100}(-F|--data-binary|-X POST)/
  condition:
    filesize < 5MB and $dialog and $check and any of ($keychain, $browser, $upload)
}
