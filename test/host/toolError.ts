/** A state that the person at the terminal can mend: its message is shown alone, without a stack. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
