/** The sound of a code that nobody knows: two short low tones, made here so that no file is needed. */

let context: AudioContext | null = null;

export function beep(): void {
  context ??= new AudioContext();
  const { currentTime } = context;
  for (const start of [0, 0.16]) tone(context, currentTime + start);
}

function tone(audio: AudioContext, at: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = 'square';
  oscillator.frequency.value = 220;
  gain.gain.setValueAtTime(0.08, at);
  gain.gain.linearRampToValueAtTime(0, at + 0.12);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.13);
}
