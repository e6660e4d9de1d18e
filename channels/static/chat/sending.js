// Files on their way to the server: what is refused at once, how they are sent, and what is said when they are not.

import { headers, refreshed } from "./session.js";

export const URL_PAPERS = "/api/v1/papers";
// A line on which nothing moves for so long is given up; the file stays and may be sent again.
const STALLED_MS = 45000;
const MEGABYTE = 1024 * 1024;

// Said at once rather than after a long upload; the server checks again.
export function refused(files, terms, cannot = "读不了") {
  if (files.length > terms.max_files) return `一次最多 ${terms.max_files} 个文件，请分次上传。`;
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total > terms.max_bytes) return `文件一共超过 ${terms.max_bytes / MEGABYTE} MB，请压缩图片或分次上传。`;
  const odd = files.find((file) => file.name && !terms.suffixes.includes(file.name.split(".").pop().toLowerCase()));
  return odd ? `${cannot}「${odd.name}」；可以传${terms.accepted}。` : "";
}

// What the server says to programs about tokens tells a person nothing.
export function refusal(status, body, otherwise) {
  if (status === 401 || status === 403) return "这段对话已失效，请刷新页面后再传。";
  return body?.error?.message || otherwise;
}

/** Send a form of files; @returns the server's answer. Only this kind of request tells how much has been sent. */
export async function post(data, progress, signal) {
  await refreshed();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", URL_PAPERS);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.responseType = "json";
    let stalled = 0;
    const moved = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    const fail = () => reject(new Error("网络断了，没有传完；文件还在，可以再点一次。"));
    request.upload.addEventListener("progress", (event) => {
      moved();
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener("error", fail);
    request.addEventListener("abort", fail);
    request.addEventListener("loadend", () => clearTimeout(stalled));
    request.addEventListener("load", () => {
      if (request.status === 202 && request.response?.poll) resolve(request.response);
      else reject(new Error(refusal(request.status, request.response, "没有传成功，请稍后再试。")));
    });
    if (signal.aborted) {
      fail();
      return;
    }
    signal.addEventListener("abort", () => request.abort());
    moved();
    request.send(data);
  });
}

export function size(bytes) {
  return bytes >= MEGABYTE ? `${(bytes / MEGABYTE).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}
