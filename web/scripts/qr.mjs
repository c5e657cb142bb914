// Prints the text in ROSTRO_QR as a QR code, dark on light whatever the terminal's colours are. Not as an argument, as
// those can be read by everybody on this machine.
import QRCode from "qrcode";

const text = process.env.ROSTRO_QR ?? "";
const code = await QRCode.toString(text, { type: "utf8", errorCorrectionLevel: "L", margin: 2 });
for (const line of code.replace(/\n$/u, "").split("\n")) console.log(`  \u001B[30;107m${line}\u001B[0m`);
