import { Door } from "./door";

export default function Page() {
  return <Door />;
}
