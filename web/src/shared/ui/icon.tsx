/** Line icons, drawn here; 24 units square, coloured by the text around them. */

const PATHS = {
  talk: "M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8",
  sessions: "M4 6h16M4 12h16M4 18h10",
  memory: "M12 20s-7-4.4-7-10a4 4 0 0 1 7-2.6A4 4 0 0 1 19 10c0 5.600-7 10-7 10Z",
  latency: "M4 20V10M10 20V4M16 20v-7M21 20H3",
  scores: "M4 20h16M7 16l4-5 3 3 5-8M15.500 6H19v3.500",
  datasets:
    "M5 6c0-1.700 3.100-3 7-3s7 1.300 7 3-3.100 3-7 3-7-1.300-7-3ZM5 6v12c0 1.700 3.100 3 7 3s7-1.300 7-3V6M5 12c0 1.700 3.100 3 7 3s7-1.300 7-3",
  send: "M5 12h14M13 6l6 6-6 6",
  replay: "M5 5v5h5M5.500 10a7.500 7.500 0 1 1-1 5",
  mic: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM6 11a6 6 0 0 0 12 0M12 17v4",
  micOff:
    "M4 4l16 16M9 9v3a3 3 0 0 0 5 2.200M15 11V6a3 3 0 0 0-5.700-1.300M6 11a6 6 0 0 0 9 5.200M18 11a6 6 0 0 1-.3 1.900M12 17v4",
  stop: "M7 7h10v10H7z",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  back: "M19 12H5M11 6l-6 6 6 6",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15L6 16ZM10 21h4",
  check: "M5 13l4 4L19 7",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l4.500 4.500",
  swap: "M4 8h13l-3-3M20 16H7l3 3",
  theme: "M12 4a8 8 0 1 0 8 8 6 6 0 0 1-8-8Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
