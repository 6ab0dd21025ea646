/** What a kind of event means, in a plain sentence. */
export interface KnownEvent {
  /** English; `{0}` stands for the first of `values`. */
  readonly text: string;
  /** Where what fills the sentence stands: names of details or `message:N`, a group; alternatives apart by `|`. */
  readonly values: readonly string[];
}

/**
 * Windows, by provider and number. Sources: learn.microsoft.com, "Events to Monitor" (Appendix L of Best Practices for
 * Securing Active Directory) and the page of each event under "Advanced security audit policy"; for the System log,
 * the manifests of its providers.
 */
export const windowsEvents: Readonly<Record<string, Readonly<Record<number, KnownEvent>>>> = {
  'microsoft-windows-security-auditing': {
    4624: { text: 'Sign-in of {0}', values: ['TargetUserName'] },
    4625: { text: 'Failed sign-in of {0}', values: ['TargetUserName'] },
    4634: { text: 'Sign-out of {0}', values: ['TargetUserName'] },
    4648: { text: 'Sign-in with other credentials, as {0}', values: ['TargetUserName'] },
    4672: { text: 'Sign-in with administrator rights: {0}', values: ['SubjectUserName'] },
    4688: { text: 'Program started: {0}', values: ['NewProcessName'] },
    4697: { text: 'New service installed: {0}', values: ['ServiceName'] },
    4698: { text: 'New scheduled task: {0}', values: ['TaskName'] },
    4719: { text: 'Audit policy changed', values: [] },
    4720: { text: 'New user account: {0}', values: ['TargetUserName'] },
    4722: { text: 'User account enabled: {0}', values: ['TargetUserName'] },
    4724: { text: 'Attempt to reset the password of {0}', values: ['TargetUserName'] },
    4725: { text: 'User account disabled: {0}', values: ['TargetUserName'] },
    4726: { text: 'User account deleted: {0}', values: ['TargetUserName'] },
    4728: { text: 'Member added to the global group {0}', values: ['TargetUserName'] },
    4732: { text: 'Member added to the local group {0}', values: ['TargetUserName'] },
    4740: { text: 'Account locked out: {0}', values: ['TargetUserName'] },
    4771: { text: 'Failed Kerberos sign-in of {0}', values: ['TargetUserName'] },
    4776: { text: 'Credentials checked for {0}', values: ['TargetUserName'] },
  },
  'microsoft-windows-eventlog': {
    104: { text: 'A log was cleared: {0}', values: ['Channel'] },
    1102: { text: 'The Security log was cleared', values: [] },
  },
  'service control manager': {
    7000: { text: 'Service could not be started: {0}', values: ['param1'] },
    7031: { text: 'Service crashed: {0}', values: ['param1'] },
    7034: { text: 'Service crashed: {0}', values: ['param1'] },
    7045: { text: 'New service installed: {0}', values: ['ServiceName'] },
  },
  'application error': { 1000: { text: 'Program crashed: {0}', values: ['AppName|Data'] } },
  'application hang': { 1002: { text: 'Program did not answer: {0}', values: ['Data'] } },
  'microsoft-windows-kernel-power': {
    41: { text: 'The machine restarted without shutting down first', values: [] },
  },
  'microsoft-windows-wer-systemerrorreporting': {
    1001: { text: 'The machine restarted after a system crash', values: [] },
  },
  'microsoft-windows-resource-exhaustion-detector': {
    2004: { text: 'The machine is running out of memory', values: [] },
  },
  disk: {
    7: { text: 'Disk error: a bad block', values: [] },
    11: { text: 'Disk error: the controller failed', values: [] },
    51: { text: 'Disk error while memory was written to it', values: [] },
    153: { text: 'Disk error: an operation had to be repeated', values: [] },
  },
  ntfs: { 55: { text: 'The file system of a disk is damaged', values: [] } },
  'microsoft-windows-ntfs': { 55: { text: 'The file system of a disk is damaged', values: [] } },
};

/** The journal, by MESSAGE_ID. Source: systemd's message catalogue (catalog/systemd.catalog.in, sd-messages.h). */
export const journalMessages: Readonly<Record<string, KnownEvent>> = {
  fc2e22bc6ee647b6b90729ab34a250b1: { text: 'Program crashed: {0}', values: ['COREDUMP_COMM'] },
  d9b373ed55a64feb8242e02dbe79a49c: { text: 'Service failed: {0}', values: ['UNIT|USER_UNIT'] },
  be02cf6855d2428ba40df7e9d022f03d: { text: 'Service could not be started: {0}', values: ['UNIT|USER_UNIT'] },
  fe6faa94e7774663a0da52717891d8ef: {
    text: 'Out of memory: a process of {0} was ended',
    values: ['UNIT|USER_UNIT'],
  },
  '8d45620c1a4348dbb17410da57c60c66': { text: 'Sign-in of {0}', values: ['USER_ID'] },
  c7a787079b354eaaa9e77b371893cd27: { text: 'The clock was set', values: [] },
};

export interface KnownMessage extends KnownEvent {
  /** Of the source, in lower case. */
  readonly source: RegExp;
  /** What journald says of whoever wrote it: anybody's program may call itself by the name of another. */
  readonly writer?: readonly [field: string, value: string];
  readonly message: RegExp;
}

const kernel = ['_TRANSPORT', 'kernel'] as const;
const root = ['_UID', '0'] as const;

/**
 * Messages that only their text tells. Sources: auth.c and sshd-session.c of OpenSSH; logging.c of sudo; the manual
 * pages pam_unix(8), useradd(8) and usermod(8); journald-server.c of systemd; mm/oom_kill.c, block/blk-core.c,
 * fs/ext4/super.c and drivers/ata of Linux. Every pattern begins at a fixed place and repeats within bounds.
 */
export const knownMessages: readonly KnownMessage[] = [
  {
    source: /^sshd(?:-session)?$/,
    writer: root,
    message:
      /^Failed (?:password|publickey|none|keyboard-interactive\S{0,20}) for (?:invalid user )?(\S{0,100}) from (\S{1,100})/,
    text: 'Failed sign-in of {0} from {1}',
    values: ['message:1', 'message:2'],
  },
  {
    source: /^sshd(?:-session)?$/,
    writer: root,
    message: /^Invalid user (\S{0,100}) from (\S{1,100})/,
    text: 'Failed sign-in: there is no user {0} (from {1})',
    values: ['message:1', 'message:2'],
  },
  {
    source: /^sshd(?:-session)?$/,
    writer: root,
    message: /^Accepted \S{1,40} for (\S{1,100}) from (\S{1,100})/,
    text: 'Sign-in of {0} from {1}',
    values: ['message:1', 'message:2'],
  },
  {
    source: /^(?:su|sudo|login|sshd(?:-session)?|gdm-password\]?|lightdm|sddm|polkitd?|systemd-logind)$/,
    message: /^pam_\w{1,20}\([^)]{1,60}\): authentication failure;.{0,300}?\buser=(\S{1,100})/,
    text: 'Failed sign-in of {0}',
    values: ['message:1'],
  },
  {
    source: /^sudo$/,
    message: /^ *(\S{1,100}) : .{0,300}?(?:incorrect password attempt|NOT in sudoers|command not allowed)/,
    text: '{0} was not allowed to use sudo',
    values: ['message:1'],
  },
  {
    source: /^sudo$/,
    message: /^ *(\S{1,100}) : .{0,400}?COMMAND=(.{1,120})/,
    text: '{0} used sudo: {1}',
    values: ['message:1', 'message:2'],
  },
  {
    source: /^useradd$/,
    writer: root,
    message: /^new user: name=([^,\s]{1,100})/,
    text: 'New user account: {0}',
    values: ['message:1'],
  },
  {
    source: /^(?:usermod|gpasswd)$/,
    message: /^(?:add|user) '?([^'\s]{1,100})'? (?:to group|added by \S{1,100} to group) '?([^'\s]{1,100})/,
    text: '{0} became a member of the group {1}',
    values: ['message:1', 'message:2'],
  },
  {
    source: /^kernel$/,
    writer: kernel,
    message:
      /^(?:Memory cgroup out of memory|Out of memory(?: \([^)]{1,40}\))?): Kill(?:ed)? process \d{1,10} \(([^)]{1,60})\)/,
    text: 'Out of memory: {0} was ended',
    values: ['message:1'],
  },
  {
    // It has a number, and no field in which the service stands.
    source: /^systemd-journald$/,
    writer: root,
    message: /^Suppressed \d{1,10} messages from (\S{1,200})/,
    text: 'Messages of {0} were left out: too many',
    values: ['message:1'],
  },
  {
    source: /^systemd-oomd$/,
    message: /^Killed (\S{1,200}) due to memory/,
    text: 'Out of memory: {0} was ended',
    values: ['message:1'],
  },
  {
    source: /^kernel$/,
    writer: kernel,
    message:
      /^(?:blk_update_request: )?(?:critical medium|I\/O|critical target) error, dev (\w{1,40}), sector/,
    text: 'Disk error on {0}',
    values: ['message:1'],
  },
  {
    source: /^kernel$/,
    writer: kernel,
    message: /^Buffer I\/O error on (?:dev(?:ice)? )?([\w-]{1,40})/,
    text: 'Disk error on {0}',
    values: ['message:1'],
  },
  {
    source: /^kernel$/,
    writer: kernel,
    message:
      /^(?:EXT4-fs error \((?:device )?([\w-]{1,40})\)|(?:XFS|BTRFS (?:error|critical)) \((?:device )?([\w-]{1,40})[^)]{0,40}\): .{0,200}corrupt)/i,
    text: 'The file system of {0} is damaged',
    values: ['message:1|message:2'],
  },
  {
    source: /^kernel$/,
    writer: kernel,
    message:
      /^(?:traps: )?([^\s[]{1,60})\[\d{1,10}\]:? (?:segfault at|general protection|trap invalid opcode)/,
    text: 'Program crashed: {0}',
    values: ['message:1'],
  },
];
