import * as vscode from 'vscode';
import { isProxySet } from '../../services/http/proxySetting';

/** Whether VS Code sends requests through a proxy, as far as its settings and the environment tell. */
export function usesProxy(): boolean {
  const http = vscode.workspace.getConfiguration('http');
  const settings = { proxy: http.get('proxy', ''), support: http.get('proxySupport', 'override') };
  return isProxySet(settings, process.env);
}
