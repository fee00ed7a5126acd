// Things to send, made here so that the page carries no files: a picture, a document, a voice.

/** A cup of coffee, as a PNG. */
export async function picture() {
  const canvas = document.createElement("canvas");
  canvas.width = 480;
  canvas.height = 320;
  const pen = canvas.getContext("2d");
  const sky = pen.createLinearGradient(0, 0, 0, 320);
  sky.addColorStop(0, "#f7e3c4");
  sky.addColorStop(1, "#d9a066");
  pen.fillStyle = sky;
  pen.fillRect(0, 0, 480, 320);
  pen.fillStyle = "#fffaf2";
  pen.beginPath();
  pen.roundRect(150, 130, 150, 120, [8, 8, 50, 50]);
  pen.fill();
  pen.lineWidth = 16;
  pen.strokeStyle = "#fffaf2";
  pen.beginPath();
  pen.arc(308, 180, 30, -1.3, 1.4);
  pen.stroke();
  pen.fillStyle = "#5b3620";
  pen.beginPath();
  pen.ellipse(225, 134, 70, 14, 0, 0, 2 * Math.PI);
  pen.fill();
  pen.lineWidth = 6;
  pen.lineCap = "round";
  pen.strokeStyle = "rgb(255 255 255 / .7)";
  for (const x of [195, 225, 255]) {
    pen.beginPath();
    pen.moveTo(x, 112);
    pen.bezierCurveTo(x - 16, 92, x + 16, 78, x, 54);
    pen.stroke();
  }
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** A page of PDF with one line on it. */
export function documentFile() {
  const line = "BT /F1 24 Tf 72 720 Td (Kopi Kita: daftar pesanan) Tj ET";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${line.length} >>\nstream\n${line}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const table = text.length;
  text += `xref\n0 6\n0000000000 65535 f \n${places.join("")}`;
  text += `trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return new Blob([text], { type: "application/pdf" });
}

/** Two seconds of silence in Opus, in an Ogg file (RFC 7845, RFC 3533). */
export function voice() {
  const text = (words) => [...new TextEncoder().encode(words)];
  const number = (value, bytes) =>
    Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256);
  const head = [...text("OpusHead"), 1, 1, ...number(0, 2), ...number(48000, 4), ...number(0, 2), 0];
  const tags = [...text("OpusTags"), ...number(4, 4), ...text("Sapa"), ...number(0, 4)];
  const silence = [0xf8, 0xff, 0xfe];
  const frames = Array.from({ length: 100 }, () => silence);
  const page = (kind, position, order, packets) => {
    const lengths = packets.map((packet) => packet.length);
    const bytes = [
      ...text("OggS"), 0, kind, ...number(position, 8), ...number(0x5a9a, 4), ...number(order, 4),
      0, 0, 0, 0, lengths.length, ...lengths, ...packets.flat(),
    ];
    let check = 0;
    for (const byte of bytes) {
      check ^= byte << 24;
      for (let bit = 0; bit < 8; bit++) {
        check = check & 0x80000000 ? (check << 1) ^ 0x04c11db7 : check << 1;
      }
    }
    bytes.splice(22, 4, ...number(check >>> 0, 4));
    return bytes;
  };
  const file = [...page(2, 0, 0, [head]), ...page(0, 0, 1, [tags]), ...page(4, 96000, 2, frames)];
  return new Blob([new Uint8Array(file)], { type: "audio/ogg; codecs=opus" });
}
