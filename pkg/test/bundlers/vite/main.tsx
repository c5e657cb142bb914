import { createRoot } from "react-dom/client";
import { Door } from "./door";

createRoot(document.getElementById("root")!).render(<Door />);
