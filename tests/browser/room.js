// A room around the page: what it plays goes through the air to its microphone, people speak in
// it, and a recorder listens. Also keeps every event of the stream with its time.
(() => {
  const connect = AudioNode.prototype.connect;
  const RECORDER = `registerProcessor("recorder", class extends AudioWorkletProcessor {
    process([[samples]]) { if (samples) this.port.postMessage(samples.slice()); return true; }
  })`;
  const played = []; // Float32Arrays of what the loudspeaker gave, at the room's rate
  let open = null;
  const room = () => {
    open ??= (() => {
      const context = new AudioContext();
      const microphone = new MediaStreamAudioDestinationNode(context);
      const air = new DelayNode(context, { delayTime: 0, maxDelayTime: 1 });
      const loss = new GainNode(context, { gain: 0 });
      connect.call(connect.call(air, loss) ?? loss, microphone);
      const url = URL.createObjectURL(new Blob([RECORDER], { type: "text/javascript" }));
      const ready = context.audioWorklet.addModule(url);
      return { context, microphone, air, loss, ready };
    })();
    return open;
  };
  AudioNode.prototype.connect = function (target, ...rest) {
    const { context } = this;
    if (target instanceof AudioDestinationNode && context !== open?.context) {
      const tap = new MediaStreamAudioDestinationNode(context);
      connect.call(this, tap);
      const here = room();
      const loudspeaker = new MediaStreamAudioSourceNode(here.context, { mediaStream: tap.stream });
      loudspeaker.isOfRoom = true; // no microphone of the page's
      connect.call(loudspeaker, here.air);
      void here.ready.then(() => {
        const recorder = new AudioWorkletNode(here.context, "recorder", { numberOfOutputs: 0 });
        recorder.port.onmessage = ({ data }) => played.push(data);
        connect.call(loudspeaker, recorder);
      });
    }
    return connect.call(this, target, ...rest);
  };
  navigator.mediaDevices.getUserMedia = async () => room().microphone.stream.clone();

  const events = [];
  let inject = null; // into the newest stream
  const nativeFetch = window.fetch;
  window.fetch = async (input, init) => {
    const response = await nativeFetch(input, init);
    if (!String(input).includes("/events") || !response.body) return response;
    const [mine, theirs] = response.body.tee();
    void listen(mine);
    const more = new TransformStream({ start: (control) => (inject = control) });
    void theirs.pipeTo(more.writable).catch(() => undefined);
    return new Response(more.readable, { status: response.status, headers: response.headers });
  };
  async function listen(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read().catch(() => ({ done: true }));
      if (done) return;
      const frames = (rest + value).split("\n\n");
      rest = frames.pop();
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (!data) continue;
        const event = JSON.parse(data);
        if (event.type === "response.output_audio.delta") event.delta = "";
        events.push({ ...event, atMs: performance.now() });
      }
    }
  }

  const bytesOf = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  window.room = {
    events,
    /** As if the stream had said it. */
    inject(event) {
      const text = `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
      inject?.enqueue(new TextEncoder().encode(text));
    },
    /** Somebody speaks: s16 at 16 kHz as base64. Resolves with the time of the last sample. */
    async say(text) {
      const { context, microphone } = room();
      const pcm = new Int16Array(bytesOf(text).buffer);
      const buffer = new AudioBuffer({ length: pcm.length, sampleRate: 16_000 });
      buffer.copyToChannel(Float32Array.from(pcm, (sample) => sample / 32_768), 0);
      const voice = new AudioBufferSourceNode(context, { buffer });
      connect.call(voice, microphone);
      return new Promise((resolve) => {
        voice.onended = () => resolve(performance.now());
        voice.start();
      });
    },
    /** How much of the loudspeaker reaches the microphone, and how late. Null: nothing. */
    echo(db, delayMs) {
      const { air, loss } = room();
      loss.gain.value = db === null ? 0 : 10 ** (db / 20);
      air.delayTime.value = delayMs / 1_000;
    },
    /** What was played since the last call: s16 as base64, and its rate. */
    recorded() {
      const length = played.reduce((sum, one) => sum + one.length, 0);
      const pcm = new Int16Array(length);
      let at = 0;
      for (const one of played.splice(0)) for (const x of one) pcm[at++] = x * 32_767;
      const bytes = new Uint8Array(pcm.buffer);
      let text = "";
      for (let i = 0; i < bytes.length; i += 8_192) {
        text += String.fromCharCode(...bytes.subarray(i, i + 8_192));
      }
      return { pcm: btoa(text), rateHz: open?.context.sampleRate ?? 0 };
    },
  };
})();
