// HTTPS to the gateway, whose certificate is by the CA of the enrolment and for the name "gateway".
import https from "node:https";

export const agent = new https.Agent({ keepAlive: true });
export function asked(method, url, body, headers, ca) {
  const tls = ca ? { ca, servername: "gateway" } : { rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const request = https.request(url, { method, agent, headers: { ...headers, "Content-Length": body.length }, ...tls }, (answer) => {
      const got = [];
      answer.on("data", (data) => got.push(data));
      answer.on("end", () => resolve({ status: answer.statusCode, after: Number(answer.headers["retry-after"] ?? 0), said: JSON.parse(Buffer.concat(got).toString() || "{}") }));
    });
    request.on("error", reject);
    request.end(body);
  });
}
